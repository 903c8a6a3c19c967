using System.Text.Json;
using System.Text.RegularExpressions;
using Byol.Reports;
using Byol.Runs;
using Byol.Tests.Web;

namespace Byol.Tests.Reports;

/// <summary>A report is one file that needs nothing else and runs nothing but our own script, whatever stands in the run.</summary>
public sealed partial class RunReportTests : IDisposable
{
    private const string Hostile = "</script><script>alert(1)</script><!--";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_run_holds_is_text_and_never_script()
    {
        var run = new MadeRun(_folder[Hostile.Replace("/", "", StringComparison.Ordinal)], $"[{Hostile}]\n{Hostile} = {Hostile}\n").Steps(1, 20)
            .Embeddings(20, i => $"{Hostile}{i}");
        File.AppendAllText(run.Log, JsonSerializer.Serialize(new { step = 21, unreadable = Hostile }) + "\n");
        RunReport.Write(_folder["report.html"], [run.Folder], Hostile);
        var page = File.ReadAllText(_folder["report.html"]);
        Assert.Equal(2, Script().Count(page));       // the data and ours
        Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        var data = Data(page);
        Assert.Contains(Hostile, data.GetProperty("next")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains(Hostile, data.GetProperty("runs")[0].GetProperty("notes")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_loads_nothing_and_no_script_makes_elements_of_text()
    {
        RunReport.Write(_folder["report.html"], [new MadeRun(_folder["run"]).Steps(1, 3).Folder]);
        var page = File.ReadAllText(_folder["report.html"]).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        Assert.DoesNotMatch(@"https?:|<link rel=.stylesheet|url\(|@import|<script src", page);
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function|setTimeout\\(['\"]", page);
        Assert.Contains("default-src 'none'; img-src data:; style-src 'sha256-", page, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_holds_curves_settings_views_and_a_map()
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 100).Embeddings(40, i => $"{i}.png", step: 100);
        RunReport.Write(_folder["report.html"], [run.Folder]);
        var held = Data(File.ReadAllText(_folder["report.html"])).GetProperty("runs")[0];
        Assert.Equal(100, held.GetProperty("series").GetProperty("loss").GetProperty("step").GetArrayLength());
        Assert.Equal(10, held.GetProperty("series").GetProperty("knn").GetProperty("value").GetArrayLength());
        Assert.Equal("training.epochs", held.GetProperty("settings")[0][0].GetString());
        Assert.StartsWith("data:image/png;base64,", held.GetProperty("views").GetString(), StringComparison.Ordinal);
        var map = held.GetProperty("map");
        Assert.Equal(40, map.GetProperty("near").GetProperty("x").GetArrayLength());
        Assert.Equal(40 * 12, map.GetProperty("neighbors").GetArrayLength());
        Assert.Equal(40, map.GetProperty("thumbnails").GetArrayLength());
    }

    [Fact]
    public void Several_runs_stand_beside_one_another_under_names_that_tell_them_apart()
    {
        string[] folders = [new MadeRun(_folder["a/run"]).Steps(1, 2).Folder, new MadeRun(_folder["b/run"]).Steps(1, 2).Folder];
        RunReport.Write(_folder["report.html"], folders);
        Assert.Equal(["a/run", "b/run"],
            Data(File.ReadAllText(_folder["report.html"])).GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.Throws<RunDirectoryException>(() => RunReport.Write(_folder["report.html"], [_folder.Path]));
    }

    [Theory]
    [InlineData("", "good", "Not collapsed: spread 0.80")]
    [InlineData("", "note", "still rising at the end")]
    [InlineData("{\"step\":100,\"alarm\":\"why\"}", "bad", "Collapsed")]
    [InlineData("{\"step\":100,\"effective_rank\":1.1}", "bad", "Collapsed")]
    [InlineData("{\"step\":100,\"data_wait\":0.5}", "note", "waits for images 50 %")]
    [InlineData("{\"step\":100,\"unreadable\":\"a.png\"}", "note", "1 image could not be read")]
    [InlineData("{\"step\":100,\"knn\":0.3}", "good", "kNN 30.0 % at epoch 10, at best 70.0 % at epoch 10 (guessing has 25.0 %)")]
    [InlineData("{\"step\":100,\"shortfall\":\"few images\"}", "note", "Too short: few images.")]
    public void A_summary_says_in_words_how_it_went(string line, string level, string words)
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 100).Embeddings(40, i => $"{i}.png");
        if (line.Length > 0) File.AppendAllText(run.Log, line + "\n");
        var observed = new ObservedRun(run.Folder, TimeProvider.System);
        observed.Refresh();
        Assert.Contains(RunSummary.Of(observed), s => s.Level == level && s.Text.Contains(words, StringComparison.Ordinal));
    }

    private static JsonElement Data(string page)
    {
        using var json = JsonDocument.Parse(Held().Match(page).Groups[1].Value);
        return json.RootElement.Clone();
    }

    [GeneratedRegex("<script", RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Held();
}
