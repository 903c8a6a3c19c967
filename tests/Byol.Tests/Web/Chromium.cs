using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Byol.Tests.Web;

/// <summary>One Chromium for all tests of a class: it takes seconds to start. Tests without one skip.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Program = ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
        .FirstOrDefault(File.Exists);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string _profile = Directory.CreateTempSubdirectory("byol-browser-").FullName;
    private Process? _process;
    private string _port = "";

    public async ValueTask InitializeAsync()
    {
        if (Program is null) return;
        _process = Process.Start(new ProcessStartInfo(Program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0",
            $"--user-data-dir={_profile}", "about:blank",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var file = Path.Combine(_profile, "DevToolsActivePort");
        for (var start = Stopwatch.GetTimestamp(); !File.Exists(file) || new FileInfo(file).Length == 0; await Task.Delay(20))
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience && !_process.HasExited, "Chromium did not start.");
        _port = (await File.ReadAllLinesAsync(file))[0];
    }

    /// <summary>Opens an address in a tab of its own; skips the test where there is no Chromium.</summary>
    internal async Task<Browser> Open(Uri address, int width = 1400, int height = 1000, bool dark = false)
    {
        Assert.SkipWhen(_process is null, "No Chromium here: apt-get install --no-install-recommends chromium");
        using var made = await _http.PutAsync($"http://127.0.0.1:{_port}/json/new?about:blank", null);
        var tab = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
        return await Browser.Attach(new Uri(tab["webSocketDebuggerUrl"]!.GetValue<string>()), address, (width, height), dark);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        for (var attempt = 0; attempt < 20 && Directory.Exists(_profile); attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(50);      // its last child is about to end
            }
        }
    }
}
