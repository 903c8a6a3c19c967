using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Byol.Runs;
using Byol.Tests.Cli;
using Byol.Web;

namespace Byol.Tests.Web;

/// <summary>Who is let in and what is handed out.</summary>
[Collection(CommandLine.Name)]     // one test changes the environment
public sealed class WatchServerTests : IAsyncLifetime
{
    private const string HostileName = "</script><img src=x onerror=alert(1)>\"'&";
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private WatchServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        new MadeRun(_folder["runs/one"]).Steps(1, 20).Embeddings(30, i => $"{HostileName}{i}.png");
        new MadeRun(_folder["runs/deeper/two"]).Steps(1, 5);
        Directory.CreateDirectory(_folder["runs/other"]);
        File.WriteAllText(_folder["secret.txt"], "secret");
        _server = await WatchServer.Start([_folder["runs"]]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_page_and_all_that_it_asks_for_are_there()
    {
        Assert.Contains("<script src=\"page.js\">", await Text(""), StringComparison.Ordinal);
        Assert.Contains("class Chart", await Text("page.js"), StringComparison.Ordinal);
        Assert.Contains("--accent", await Text("page.css"), StringComparison.Ordinal);
        using var runs = JsonDocument.Parse(await Text("runs"));
        Assert.Equal(["two", "one"], runs.RootElement.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        var one = runs.RootElement[1];
        Assert.Equal((20, 100), (one.GetProperty("step").GetInt32(), one.GetProperty("total").GetInt32()));
        Assert.Equal("running", one.GetProperty("state").GetString());
        var id = one.GetProperty("id").GetString();
        using var figures = JsonDocument.Parse(await Text($"runs/{id}/figures"));
        Assert.Equal(20, figures.RootElement.GetProperty("series").GetProperty("loss").GetProperty("value").GetArrayLength());
        Assert.Equal(Made.Png(64), await _http.GetByteArrayAsync(At(one.GetProperty("views").GetString()!), TestContext.Current.CancellationToken));
        using var map = JsonDocument.Parse(await Text($"runs/{id}/map"));
        Assert.Equal(30, map.RootElement.GetProperty("names").GetArrayLength());
        var thumbnail = await _http.GetAsync(At($"runs/{id}/thumbnails/10/3"), TestContext.Current.CancellationToken);
        Assert.Equal("image/jpeg", thumbnail.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Every_answer_forbids_all_but_our_own_script()
    {
        foreach (var path in (string[])["", "page.js", "runs", "nothing"])
        {
            using var answer = await _http.GetAsync(At(path), TestContext.Current.CancellationToken);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
        Assert.DoesNotContain("<script>", await Text(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", null, null, null, 200)]
    [InlineData("HEAD", null, null, null, 200)]
    [InlineData("POST", null, null, null, 405)]
    [InlineData("PUT", null, null, null, 405)]
    [InlineData("DELETE", null, null, null, 405)]
    [InlineData("OPTIONS", null, null, null, 405)]
    [InlineData("GET", "localhost:PORT", null, null, 200)]
    [InlineData("GET", "attacker.example:PORT", null, null, 421)]       // DNS rebinding
    [InlineData("GET", "attacker.example", null, null, 421)]
    [InlineData("GET", "127.0.0.1", null, null, 421)]
    [InlineData("GET", "127.0.0.1.attacker.example:PORT", null, null, 421)]
    [InlineData("GET", null, "http://127.0.0.1:PORT", null, 200)]
    [InlineData("GET", null, "http://attacker.example", null, 403)]
    [InlineData("GET", null, "http://127.0.0.1:1", null, 403)]
    [InlineData("GET", null, "https://127.0.0.1:PORT", null, 403)]
    [InlineData("GET", null, "null", null, 403)]
    [InlineData("GET", null, null, "same-origin", 200)]
    [InlineData("GET", null, null, "none", 200)]
    [InlineData("GET", null, null, "cross-site", 403)]
    [InlineData("GET", null, null, "same-site", 403)]
    public async Task Who_is_let_in(string method, string? host, string? origin, string? site, int expected)
    {
        var port = $"{_server.Address.Port}";
        using var request = new HttpRequestMessage(new HttpMethod(method), At("runs"));
        if (host is not null) request.Headers.Host = host.Replace("PORT", port, StringComparison.Ordinal);
        if (origin is not null) request.Headers.Add("Origin", origin.Replace("PORT", port, StringComparison.Ordinal));
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)answer.StatusCode);
        if (expected != 200) Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_token_nothing_is_answered()
    {
        var token = _server.Address.AbsolutePath.Trim('/');
        Assert.Equal(32, token.Length);
        foreach (var path in (string[])["", "runs", $"{token[..^1]}/runs", $"{token}0/runs", $"{new string('0', 32)}/", token, "page.js", "/"])
            Assert.Equal(404, await Raw($"/{path}"));
        Assert.Equal(200, await Raw($"/{token}/runs"));
        await using var other = await WatchServer.Start([_folder["runs"]]);
        Assert.NotEqual(_server.Address.AbsolutePath, other.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("runs/../../secret.txt")]
    [InlineData("runs/0/../../../secret.txt")]
    [InlineData("runs/%2e%2e/%2e%2e/secret.txt")]
    [InlineData("runs/..%2f..%2fsecret.txt/views.png")]
    [InlineData("runs/0/recipe.toml")]
    [InlineData("runs/0/views.png/../metrics.jsonl")]
    [InlineData("runs/-1/views.png")]
    [InlineData("runs/99/views.png")]
    [InlineData("runs/0/thumbnails/1/-1")]
    [InlineData("runs/1/thumbnails/1/30")]
    [InlineData("runs/1/thumbnails/1/999999999999")]
    [InlineData("runs/%00/views.png")]
    [InlineData("//etc/passwd")]
    public async Task Nothing_else_can_be_asked_for(string path) =>
        Assert.InRange(await Raw(_server.Address.AbsolutePath + path), 400, 404);

    [Fact]
    public async Task A_link_in_a_run_leads_nowhere()
    {
        var folder = new MadeRun(_folder["runs/one"]).Steps(1, 2).Folder;
        File.Delete(RunDirectory.ViewsIn(folder));
        File.CreateSymbolicLink(RunDirectory.ViewsIn(folder), _folder["secret.txt"]);
        Directory.CreateSymbolicLink(_folder["runs/linked"], new MadeRun(_folder["elsewhere/run"]).Folder);
        Directory.CreateSymbolicLink(_folder["runs/other/loop"], _folder["runs"]);
        await using var server = await WatchServer.Start([_folder["runs"]]);
        using var runs = JsonDocument.Parse(await _http.GetStringAsync(new Uri(server.Address, "runs"), TestContext.Current.CancellationToken));
        Assert.Equal(2, runs.RootElement.GetArrayLength());
        foreach (var run in runs.RootElement.EnumerateArray().Where(r => r.GetProperty("name").GetString() == "one"))
        {
            using var answer = await _http.GetAsync(
                new Uri(server.Address, $"runs/{run.GetProperty("id").GetString()}/views.png"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task It_listens_on_this_machine_alone_whatever_environment_and_folder_say()
    {
        var before = Directory.GetCurrentDirectory();
        const string open = "http://0.0.0.0:5999";
        File.WriteAllText(
            _folder["appsettings.json"], JsonSerializer.Serialize(new { Urls = open, Kestrel = new { Endpoints = new { x = new { Url = open } } } }));
        using var urls = new EnvironmentVariable("ASPNETCORE_URLS", "http://0.0.0.0:5998");
        try
        {
            Directory.SetCurrentDirectory(_folder.Path);
            await using var server = await WatchServer.Start([_folder["runs"]]);
            Assert.Equal("127.0.0.1", server.Address.Host);
            foreach (var port in (int[])[5998, 5999])
            {
                using var socket = new TcpClient();
                await Assert.ThrowsAnyAsync<SocketException>(
                    async () => await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public async Task Nobody_else_on_the_network_can_connect()
    {
        var address = OwnAddress.Of(IPAddress.Any);
        Assert.SkipWhen(IPAddress.IsLoopback(address), "This machine has no address but its own.");
        using var socket = new TcpClient();
        await Assert.ThrowsAnyAsync<SocketException>(
            async () => await socket.ConnectAsync(address, _server.Address.Port, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("SHOWN", "/runs", null, 200)]
    [InlineData("192.0.2.7:PORT", "/runs", null, 200)]               // as a gateway may call this machine
    [InlineData("[2001:db8::7]:PORT", "/runs", null, 200)]
    [InlineData("localhost:PORT", "/runs", null, 200)]
    [InlineData("MACHINE:PORT", "/runs", null, 200)]
    [InlineData("MACHINE.attacker.example:PORT", "/runs", null, 421)]
    [InlineData("attacker.example:PORT", "/runs", null, 421)]
    [InlineData("192.0.2.7:1", "/runs", null, 421)]
    [InlineData("SHOWN", "", null, 404)]
    [InlineData("SHOWN", "/runs", "http://SHOWN", 200)]
    [InlineData("SHOWN", "/runs", "http://attacker.example:PORT", 403)]
    [InlineData("SHOWN", "/runs", "http://192.0.2.7:1", 403)]
    public async Task Over_the_network_the_same_is_asked_of_who_comes(string host, string path, string? origin, int expected)
    {
        await using var server = await WatchServer.Start([_folder["runs"]], 0, IPAddress.Any);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path.Length == 0 ? "/runs" : "runs"));
        request.Headers.Host = Filled(host);
        if (origin is not null) request.Headers.Add("Origin", Filled(origin));
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)answer.StatusCode);

        string Filled(string text) => text.Replace("SHOWN", server.Address.Authority, StringComparison.Ordinal)
            .Replace("MACHINE", Environment.MachineName, StringComparison.Ordinal)
            .Replace("PORT", $"{server.Address.Port}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_run_is_answered_for_like_any_other()
    {
        var run = new MadeRun(_folder["hostile/run"], $"[{HostileName}]\n{HostileName} = {HostileName}\n= =\n[[[\n");
        File.WriteAllBytes(run.Log,
        [
            0xff, 0xfe, 0, (byte)'\n', .. new byte[1 << 21], (byte)'\n',
            .. Encoding.UTF8.GetBytes($"{new string('[', 5000)}\n{{\"step\":1e15,\"loss\":1e308,\"epoch\":-1e308,\"seconds\":1e308}}\n"
                + $"{{\"step\":2,\"loss\":-1e308,\"unreadable\":\"{new string('<', 100_000)}\"}}\n{{\"step\":3,\"alarm\":\"\\ud800 \u202e{HostileName.Replace("\"", "\\\"")}\"}}\n"),
        ]);
        File.WriteAllBytes(RunTranscript.PathIn(run.Folder), [0xff, 0, 7, .. Encoding.UTF8.GetBytes($"\n{HostileName}\n{new string('x', 1 << 20)}")]);
        File.WriteAllBytes(EmbeddingSnapshot.PathIn(run.Folder), [0xff, 0xff, 0xff, 0x03, 0, 0, 0, 0, .. new byte[100]]);
        File.WriteAllText(RunDirectory.DataIn(run.Folder), "[[[[");
        await using var server = await WatchServer.Start([_folder["hostile"]]);
        foreach (var path in (string[])["runs", "runs/0/figures", "runs"])
        {
            var bytes = await _http.GetByteArrayAsync(new Uri(server.Address, path), TestContext.Current.CancellationToken);
            Assert.InRange(bytes.Length, 10, 200_000);
            using var json = JsonDocument.Parse(bytes);
            Assert.DoesNotContain("<img", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }
        using var map = await _http.GetAsync(new Uri(server.Address, "runs/0/map"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, map.StatusCode);
    }

    [Fact]
    public async Task It_writes_nothing()
    {
        var before = State();
        foreach (var path in (string[])["", "runs", "runs/0/figures", "runs/1/figures", "runs/1/map", "runs/1/views.png"]) await Text(path);
        Assert.Equal(before, State());

        string State() => string.Join('\n', new DirectoryInfo(_folder.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(f => $"{f.FullName} {f.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Runs_that_begin_grow_and_go_are_seen()
    {
        var three = new MadeRun(_folder["other/three"]).Steps(1, 5);
        await using var server = await WatchServer.Start([_folder["other"]]);
        Assert.Equal(("running", 5), await Look());
        three.Steps(6, 100);
        Assert.Equal(("finished", 100), await Look());
        File.WriteAllText(three.Log, "");
        three.Steps(1, 50);
        Assert.Equal(("running", 50), await Look());
        File.AppendAllText(three.Log, "damaged\n{\"step\":");
        Assert.Equal(("running", 50), await Look());
        Directory.Delete(three.Folder, recursive: true);
        Assert.Equal("gone", (await Look()).State);

        async Task<(string State, int Step)> Look()
        {
            using var runs = JsonDocument.Parse(await _http.GetStringAsync(new Uri(server.Address, "runs"), TestContext.Current.CancellationToken));
            return (runs.RootElement[0].GetProperty("state").GetString()!, runs.RootElement[0].GetProperty("step").GetInt32());
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_refused() =>
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<RunDirectoryException>(() => WatchServer.Start([_folder["nowhere"]]))).Message,
            StringComparison.Ordinal);

    private Uri At(string path) => new(_server.Address, path);

    private Task<string> Text(string path) => _http.GetStringAsync(At(path), TestContext.Current.CancellationToken);

    // As it is typed: HttpClient would tidy the path.
    private async Task<int> Raw(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        return int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
