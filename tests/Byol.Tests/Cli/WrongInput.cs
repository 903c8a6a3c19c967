namespace Byol.Tests.Cli;

/// <summary>Twenty good images, and the places where a mistake could leave something.</summary>
internal sealed class WrongInput : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentVariable _data, _cache;

    public WrongInput()
    {
        Images = Made.Images(_folder["images"], 20);
        (_data, _cache) = (new EnvironmentVariable("BYOL_DATA", _folder["data"]), new EnvironmentVariable("BYOL_CACHE", _folder["cache"]));
    }

    public string Images { get; }

    public string Run => _folder["run"];

    public string this[string name] => _folder[name];

    public void Dispose()
    {
        _data.Dispose();
        _cache.Dispose();
        _folder.Dispose();
    }

    public void RefusesToPretrain(string data, IEnumerable<string> options, params string[] words)
    {
        CommandLine.Refuses(["pretrain", "--data", data, "--out", Run, .. WithoutDoubles(options.ToList())], words);
        AssertNothingLeft();
    }

    // An option that stands twice would be refused for that.
    private static IEnumerable<string> WithoutDoubles(List<string> options)
    {
        for (var i = 0; i < CommandLine.Tiny.Length; i += 2)
        {
            if (CommandLine.Tiny[i] != "--set" && options.Contains(CommandLine.Tiny[i])) continue;
            yield return CommandLine.Tiny[i];
            yield return CommandLine.Tiny[i + 1];
        }
        foreach (var option in options) yield return option;
    }

    public void AssertNothingLeft()
    {
        Assert.False(Directory.Exists(Run));
        Assert.False(File.Exists(_folder["run.png"]));
        Assert.False(Directory.Exists(_folder["cache"]));
    }
}
