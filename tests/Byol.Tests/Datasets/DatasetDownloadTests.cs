using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class DatasetDownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<(string File, long Done, long Total)> _reports = [];

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_file_is_fetched_and_checked(int size)
    {
        var content = Made.Bytes(size, 4);
        await using var server = new Server(_ => Answer(content));
        var folder = await Get(Known([(server.Url("set.bin"), Md5(content))], []));
        Assert.Equal(_folder["cache/made"], folder);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(folder, "set.bin"), TestContext.Current.CancellationToken));
        Assert.Equal(["set.bin"], Left());
        if (size == 0) return;
        Assert.Equal(("set.bin", size, size), _reports[^1]);
        Assert.Equal(_reports.Select(r => r.Done).Order(), _reports.Select(r => r.Done));
    }

    [Fact]
    public async Task Several_files_are_all_fetched()
    {
        await using var server = new Server(path => Answer(Made.Text(path)));
        await Get(Known([(server.Url("a.gz"), Md5(Made.Text("/a.gz"))), (server.Url("b.gz"), Md5(Made.Text("/b.gz")))], []));
        Assert.Equal(["a.gz", "b.gz"], Left());
    }

    [Fact]
    public async Task Another_digest_keeps_nothing()
    {
        await using var server = new Server(_ => Answer([1, 2, 3]));
        Assert.Contains("nothing was kept", await Fails(Known([(server.Url("set.bin"), Md5([1, 2, 4]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task Half_a_dataset_does_not_pass_for_the_whole()
    {
        await using var server = new Server(path => path == "/a" ? Answer([1]) : NotFound);
        await Fails(Known([(server.Url("a"), Md5([1])), (server.Url("b"), Md5([2]))], []));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["cache"]));
    }

    [Fact]
    public async Task A_missing_page_says_so_and_leaves_nothing()
    {
        await using var server = new Server(_ => NotFound);
        Assert.Contains("answers 404", await Fails(Known([(server.Url("set.bin"), Md5([]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task A_connection_that_is_cut_says_so_and_leaves_nothing()
    {
        await using var server = new Server(_ => Answer(new byte[1000])[..^500]);
        var url = server.Url("set.bin");
        Assert.StartsWith($"{url} cannot be fetched", await Fails(Known([(url, Md5(new byte[1000]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_says_so()
    {
        string url;
        await using (var server = new Server(_ => [])) url = server.Url("set.bin");
        Assert.StartsWith($"{url} cannot be fetched", await Fails(Known([(url, Md5([]))], [])));
    }

    [Fact]
    public async Task Of_an_archive_only_the_wanted_files_are_written_whatever_their_path()
    {
        var archive = Made.Gzip(Made.Tar(("folder/a.bin", [1]), ("../../b.bin", [2]),
            ("../evil.bin", [3]), ("/evil2.bin", [4]), ("other.txt", [5])));
        await using var server = new Server(_ => Answer(archive));
        var folder = await Get(Known([(server.Url("x.tar.gz"), Md5(archive))], ["a.bin", "b.bin"]));
        Assert.Equal(["a.bin", "b.bin"], Left());
        Assert.Equal([1], await File.ReadAllBytesAsync(Path.Combine(folder, "a.bin"), TestContext.Current.CancellationToken));
        Assert.Equal([2], await File.ReadAllBytesAsync(Path.Combine(folder, "b.bin"), TestContext.Current.CancellationToken));
        Assert.Equal(["cache"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task An_archive_that_lacks_a_file_says_so()
    {
        var archive = Made.Gzip(Made.Tar(("a.bin", [1])));
        await using var server = new Server(_ => Answer(archive));
        Assert.Contains("lacks b.bin", await Fails(Known([(server.Url("x.tar.gz"), Md5(archive))], ["a.bin", "b.bin"])));
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        await using var server = new Server(_ => Answer(Made.Bytes(1 << 20, 1)));
        using var source = new CancellationTokenSource();
        var known = Known([(server.Url("set.bin"), Md5([]))], []);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new DatasetDownload(_http, _folder["cache"]).Get(known, (_, _, _) => source.Cancel(), source.Token));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task The_bundled_images_need_no_download() =>
        Assert.Contains("nothing to download", await Fails(KnownDataset.Find(KnownDataset.BundledName)!));

    private static byte[] NotFound => Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private static byte[] Answer(byte[] content) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"), .. content];

    private static string Md5(byte[] content)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(content);
        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    private static KnownDataset Known((string Url, string Md5)[] files, string[] members) =>
        new("made", ["train"], [], [.. files.Select(f => new DownloadFile(f.Url, f.Md5))], members, "made");

    private Task<string> Get(KnownDataset known) =>
        new DatasetDownload(_http, _folder["cache"])
            .Get(known, (file, done, total) => _reports.Add((file, done, total)), TestContext.Current.CancellationToken);

    private async Task<string> Fails(KnownDataset known) => (await Assert.ThrowsAsync<DatasetException>(() => Get(known))).Message;

    private IEnumerable<string> Left() =>
        Directory.EnumerateFiles(_folder["cache/made"], "*", SearchOption.AllDirectories)
        .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    /// <summary>A web server of a few lines on this machine: a path in, raw bytes out, then the connection closes.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _work;

        public Server(Func<string, byte[]> answer)
        {
            _listener.Start();
            _work = Serve(answer);
        }

        public string Url(string file) => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{file}";

        private async Task Serve(Func<string, byte[]> answer)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await using var stream = client.GetStream();
                    using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                    var path = (await reader.ReadLineAsync())!.Split(' ')[1];
                    while (await reader.ReadLineAsync() is { Length: > 0 }) continue;
                    await stream.WriteAsync(answer(path));
                }
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
            {
                // The listener was stopped, or the client went.
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _work;
        }
    }
}
