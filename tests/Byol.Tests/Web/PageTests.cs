using System.Net;
using System.Text.Json;
using Byol.Data.Images;
using Byol.Reports;
using Byol.Runs;
using Byol.Web;

namespace Byol.Tests.Web;

/// <summary>The page as a person has it, in a real browser: nothing that it does leaves an error in the console.</summary>
public sealed class PageTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Hostile = "<img src=x onerror=window.hacked=1>";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_is_watched_as_it_grows_is_resumed_and_is_gone()
    {
        Directory.CreateDirectory(_folder["runs"]);
        await using var server = await Serve(_folder["runs"]);
        await using var browser = await chromium.Open(server.Address);
        await browser.Until("document.querySelector('#lead').textContent.includes('no run here yet')");
        var run = new MadeRun(_folder["runs/grows"]).Steps(1, 30);
        await browser.Until("document.querySelector('[data-chart=Loss] path')?.dataset.points === '30'");
        run.Steps(31, 60);
        await browser.Until("document.querySelector('[data-chart=Loss] path')?.dataset.points === '60'");
        await browser.Until("document.querySelector('.run .figures').textContent.includes('step 60 of 100')");
        // Resumed from a checkpoint: the log is cut and written on.
        File.WriteAllLines(run.Log, File.ReadAllLines(run.Log).Take(24));
        run.Steps(21, 40);
        await browser.Until("document.querySelector('.run .figures').textContent.includes('step 40 of 100')");
        File.AppendAllText(run.Log, "damaged\n");
        await browser.Until("document.querySelector('#log').textContent.includes('1 damaged line')");
        Directory.Delete(run.Folder, recursive: true);
        await browser.Until("document.querySelector('.run .state').textContent === 'gone'");
        Assert.Empty(browser.Errors);
    }

    [Theory]
    [InlineData(1400, false)]
    [InlineData(1400, true)]
    [InlineData(420, false)]
    [InlineData(420, true)]
    public async Task Two_runs_are_compared_on_screens_of_any_size_in_light_and_dark(int width, bool dark)
    {
        new MadeRun(_folder["runs/first"]).Steps(1, 100).Embeddings(60, i => $"{i}.png", step: 100);
        new MadeRun(_folder["runs/second"], "[training]\nepochs = 20\nbatch_size = 10\n").Steps(1, 80, offset: 0.5);
        await using var server = await Serve(_folder["runs"]);
        await using var browser = await chromium.Open(server.Address, width, dark: dark);
        await browser.Until("document.querySelectorAll('[data-chart=Loss] path').length === 2");
        Assert.Equal("training.epochs", (await browser.Value("document.querySelector('#settings td').textContent"))!.GetValue<string>());
        Assert.True((await browser.Value("document.documentElement.scrollWidth <= innerWidth"))!.GetValue<bool>());
        // Each run's color is seen beside its name, and is that of its lines.
        var colors = (await browser.Value(
            "[...document.querySelectorAll('.run .dot')].map(d => d.clientWidth > 8 && getComputedStyle(d).backgroundColor)"))!.AsArray();
        var lines = (await browser.Value(
            "[...document.querySelectorAll('[data-chart=Loss] path')].map(p => getComputedStyle(p).stroke)"))!.AsArray();
        Assert.Equal(2, colors.Select(c => $"{c}").Distinct().Count());
        Assert.Equal(lines.Select(l => $"{l}"), colors.Select(c => $"{c}"));
        // Text can be read on its ground: WCAG's 4.5 to 1.
        const string contrast = """
            (() => {
              const light = c => c.match(/\d+/g).slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
              const style = place => getComputedStyle(document.querySelector(place));
              const [a, b] = [style('.figures').color, style('.card').backgroundColor].map(light);
              return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            })()
            """;
        Assert.InRange((await browser.Value(contrast))!.GetValue<double>(), 4.5, 21);
        Assert.Equal(dark, (await browser.Value("getComputedStyle(document.body).backgroundColor"))!.GetValue<string>() == "rgb(19, 19, 18)");
        await browser.Keep($"two-{width}-{(dark ? "dark" : "light")}");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Axes_zoom_and_values_under_the_mouse()
    {
        new MadeRun(_folder["run"]).Steps(1, 100);
        await using var server = await Serve(_folder["run"]);
        await using var browser = await chromium.Open(server.Address);
        const string chart = "document.querySelector('[data-chart=Loss] svg')";
        const string points = "document.querySelector('[data-chart=Loss] path').dataset.points";
        await browser.Until($"{points} === '100'");
        await browser.Mouse("mouseMoved", await browser.Place(chart));
        await browser.Until("!document.querySelector('[data-chart=Loss] .tip').hidden");
        Assert.Contains("run: 0.0", (await browser.Value("document.querySelector('[data-chart=Loss] .tip').textContent"))!.GetValue<string>(),
            StringComparison.Ordinal);
        var (from, to) = (await browser.Place(chart, 0.5), await browser.Place(chart, 0.8));
        await browser.Mouse("mousePressed", from, pressed: true);
        await browser.Mouse("mouseMoved", to, pressed: true);
        await browser.Mouse("mouseReleased", to);
        await browser.Until($"Number({points}) < 50");
        await browser.Value($"{chart}.dispatchEvent(new MouseEvent('dblclick'))");
        await browser.Until($"{points} === '100'");
        foreach (var (axis, last) in new Dictionary<string, string> { ["steps"] = "100", ["time"] = "0:10", ["epochs"] = "10" })
        {
            await browser.Click($"document.querySelector('[data-choice={axis}]')");
            await browser.Until($"[...document.querySelectorAll('[data-chart=Loss] .tick-x')].at(-1).textContent === '{last}'");
        }
        await browser.Click("document.querySelector('[data-choice=logarithmic]')");
        await browser.Until("[...document.querySelectorAll('[data-chart=Loss] .tick-y')].some(t => t.textContent === '0.1')");
        // Round ticks: one digit that is 1, 2 or 5.
        var ticks = (await browser.Value("[...document.querySelectorAll('[data-chart=Loss] .tick-y')].map(t => t.textContent)"))!.AsArray();
        Assert.All(ticks, t => Assert.Matches("^(0|0?\\.?0*[125]0*)$", t!.GetValue<string>()));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Images_are_found_on_the_map_and_made_large()
    {
        new MadeRun(_folder["run"]).Steps(1, 20).Embeddings(60, i => $"{Hostile}{i}.png");
        await using var server = await Serve(_folder["run"]);
        await using var browser = await chromium.Open(server.Address);
        await browser.Until("document.querySelector('img.sheet')?.complete");
        await browser.Click("document.querySelector('img.sheet')");
        await browser.Until("document.querySelector('dialog').open");
        await browser.Click("document.querySelector('dialog')");
        await browser.Until("!document.querySelector('dialog').open");
        await browser.Click("document.querySelector('[data-map]')");
        await Look(browser);
    }

    [Fact]
    public async Task A_report_opens_from_disk_with_everything_in_it()
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 100).Embeddings(60, i => $"{Hostile}{i}.png", step: 100);
        File.AppendAllText(run.Log, $"{{\"step\":100,\"unreadable\":\"{Hostile}\"}}\n");
        RunReport.Write(_folder["report.html"], [run.Folder], "./byol next");
        await using var browser = await chromium.Open(new Uri(_folder["report.html"]));
        await browser.Until("document.querySelector('[data-chart=Loss] path')?.dataset.points === '100'");
        await browser.Until("document.querySelector('#next').textContent.includes('./byol next')");
        await Look(browser);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whatever_names_logs_and_recipes_hold_is_shown_as_text(bool live)
    {
        var run = new MadeRun(_folder[$"runs/{Hostile}"], $"[training]\nepochs = 10\nbatch_size = 10\nhostile = {Hostile}\n").Steps(1, 100);
        string[] keys = ["alarm", "unreadable", "non_finite", "because", "shortfall"];
        File.AppendAllLines(run.Log, keys.Select(key => JsonSerializer.Serialize(
            new Dictionary<string, object> { ["step"] = 100, [key] = $"{key} </script><!--{Hostile}" })));
        File.AppendAllText(run.Log, $"{Hostile}\n");
        File.WriteAllText(RunTranscript.PathIn(run.Folder), $"told </script><!--{Hostile}\n");
        RunReport.Write(_folder["report.html"], [run.Folder], $"next {Hostile}");
        await using var server = await Serve(_folder["runs"]);
        await using var browser = await chromium.Open(live ? server.Address : new Uri(_folder["report.html"]));
        await browser.Until("document.querySelector('[data-chart=Loss] path')");
        var text = (await browser.Value("document.querySelector('main').textContent"))!.GetValue<string>();
        Assert.All(keys.Append("told"), key => Assert.Contains($"{key} </script><!--{Hostile}", text, StringComparison.Ordinal));
        Assert.Contains($"{Hostile}", (await browser.Value("document.querySelector('.run h3').textContent"))!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains($"training.hostile{Hostile}", text, StringComparison.Ordinal);
        Assert.Equal(0, (await browser.Value("document.querySelectorAll('img[onerror]').length"))!.GetValue<int>());
        Assert.Null(await browser.Value("window.hacked ?? null"));
        Assert.Empty(browser.Errors);
        // And were it not text, the content policy would not let it run.
        await browser.Value("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))");
        await browser.Value("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=window.hacked=1>')");
        await browser.Until("document.querySelector('img[onerror]').complete");
        Assert.Null(await browser.Value("window.hacked ?? null"));
        await browser.Until("true");
        Assert.Contains(browser.Errors, e => e.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_run_told_and_the_views_of_its_last_epoch_are_seen_as_they_come()
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 20);
        await using var server = await Serve(_folder["run"]);
        await using var browser = await chromium.Open(server.Address);
        await browser.Until("document.querySelector('img.sheet').complete");
        var before = (await browser.Value("document.querySelector('img.sheet').src"))!.GetValue<string>();
        Assert.Null(await browser.Value("document.querySelector('#log pre')?.textContent ?? null"));
        File.WriteAllText(RunTranscript.PathIn(run.Folder), "first line\nsecond line\n");
        await browser.Until("document.querySelector('#log pre')?.textContent === 'first line\\nsecond line'");
        File.WriteAllBytes(RunDirectory.ViewsIn(run.Folder), Made.Png(32));
        await browser.Until($"document.querySelector('img.sheet').src !== '{before}' && document.querySelector('img.sheet').naturalWidth === 32");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_picture_of_a_gallery_becomes_as_large_as_the_window_and_small_again()
    {
        using (var page = File.CreateText(_folder["gallery.html"]))
        {
            Gallery.Write(page, "t", "lead", [new GallerySection("h", null, Enumerable.Range(0, 60).Select(
                i => new GalleryPicture($"{i}{Hostile}", "note", ImageEncoder.Jpeg(Made.Image(64, i)))))]);
        }
        await using var browser = await chromium.Open(new Uri(_folder["gallery.html"]), 900, 700);
        const string picture = "document.querySelectorAll('li img')[44]";
        const string width = $"{picture}.getBoundingClientRect().width";
        await browser.Until($"{picture}.complete && {picture}.naturalWidth === 64 && {width} < 140");
        await browser.Click(picture);
        await browser.Until($"{width} === innerWidth && {picture}.getBoundingClientRect().top === 0");
        await browser.Keep("gallery-large");
        await browser.Mouse("mousePressed", (450, 350), pressed: true);
        await browser.Mouse("mouseReleased", (450, 350));
        await browser.Until($"{width} < 140");
        Assert.Empty(browser.Errors);
    }

    private static Task<WatchServer> Serve(params string[] folders) => WatchServer.Start(
        folders, new IPEndPoint(IPAddress.Loopback, 0), new WatchTempo(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50)));

    private static async Task Look(Browser browser)
    {
        await browser.Until("document.querySelector('[data-kind=near]') && !document.querySelector('[data-kind=near]').disabled");
        // A point of the map by its own arithmetic, then by the mouse.
        const string fifth = """
            (() => {
              const map = page.map, canvas = map.canvas;
              canvas.scrollIntoView({block: 'center'});
              const box = canvas.getBoundingClientRect(), [x, y] = map.pixel(map.places[5]);
              return [box.x + x, box.y + y];
            })()
            """;
        var place = (await browser.Value(fifth))!;
        var at = (place[0]!.GetValue<double>(), place[1]!.GetValue<double>());
        await browser.Mouse("mouseMoved", at);
        await browser.Until("!document.querySelector('.peek').hidden && document.querySelector('.peek img').naturalWidth > 0");
        await browser.Mouse("mousePressed", at, pressed: true);
        await browser.Mouse("mouseReleased", at);
        await browser.Until("document.querySelectorAll('#near .tiles li').length === 13");
        await browser.Until("[...document.querySelectorAll('#near img')].every(i => i.complete && i.naturalWidth > 0)");
        var (first, second) = ("document.querySelector('#near li').dataset.image", "document.querySelectorAll('#near li')[1]");
        var next = (await browser.Value($"{second}.dataset.image"))!.GetValue<string>();
        await browser.Click(second);
        await browser.Until($"{first} === '{next}'");
        foreach (var list in (string[])["outliers", "duplicates"])
            await browser.Click($"[...document.querySelectorAll('#map button')].find(b => b.textContent === '{list}')");
        await browser.Until("document.querySelector('#near h3').textContent === 'Nearly the same'");
        await browser.Keep("map");
        await browser.Click("document.querySelector('[data-kind=pca]')");
        Assert.Null(await browser.Value("window.hacked ?? null"));
        Assert.Empty(browser.Errors);
    }
}
