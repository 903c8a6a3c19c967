using System.Security.Cryptography;
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
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(content));
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
        await using var server = new LoopbackServer(path => LoopbackServer.Answer(Made.Text(path)));
        await Get(Known([(server.Url("a.gz"), Md5(Made.Text("/a.gz"))), (server.Url("b.gz"), Md5(Made.Text("/b.gz")))], []));
        Assert.Equal(["a.gz", "b.gz"], Left());
    }

    [Fact]
    public async Task Another_digest_keeps_nothing()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer([1, 2, 3]));
        Assert.Contains("nothing was kept", await Fails(Known([(server.Url("set.bin"), Md5([1, 2, 4]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task Half_a_dataset_does_not_pass_for_the_whole()
    {
        await using var server = new LoopbackServer(path => path == "/a" ? LoopbackServer.Answer([1]) : LoopbackServer.NotFound);
        await Fails(Known([(server.Url("a"), Md5([1])), (server.Url("b"), Md5([2]))], []));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["cache"]));
    }

    [Fact]
    public async Task A_missing_page_says_so_and_leaves_nothing()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.NotFound);
        Assert.Contains("answers 404", await Fails(Known([(server.Url("set.bin"), Md5([]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task A_connection_that_is_cut_says_so_and_leaves_nothing()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(new byte[1000])[..^500]);
        var url = server.Url("set.bin");
        Assert.StartsWith($"{url} cannot be fetched", await Fails(Known([(url, Md5(new byte[1000]))], [])));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_says_so()
    {
        string url;
        await using (var server = new LoopbackServer(_ => [])) url = server.Url("set.bin");
        Assert.StartsWith($"{url} cannot be fetched", await Fails(Known([(url, Md5([]))], [])));
    }

    [Fact]
    public async Task Of_an_archive_only_the_wanted_files_are_written_whatever_their_path()
    {
        var archive = Made.Gzip(Made.Tar(("folder/a.bin", [1]), ("../../b.bin", [2]),
            ("../evil.bin", [3]), ("/evil2.bin", [4]), ("other.txt", [5])));
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(archive));
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
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(archive));
        Assert.Contains("lacks b.bin", await Fails(Known([(server.Url("x.tar.gz"), Md5(archive))], ["a.bin", "b.bin"])));
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(Made.Bytes(1 << 20, 1)));
        using var source = new CancellationTokenSource();
        var known = Known([(server.Url("set.bin"), Md5([]))], []);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new DatasetDownload(_http, _folder["cache"]).Get(known, (_, _, _) => source.Cancel(), source.Token));
        Assert.False(Directory.Exists(_folder["cache/made"]));
    }

    [Fact]
    public async Task The_bundled_images_need_no_download() =>
        Assert.Contains("nothing to download", await Fails(KnownDataset.Find(KnownDataset.BundledName)!));

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
}
