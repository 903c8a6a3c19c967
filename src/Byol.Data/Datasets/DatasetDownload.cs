using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Byol.Data.Datasets;

/// <summary>Downloads known datasets into the cache and checks their published digests.</summary>
/// <param name="http">The client for downloads; the caller disposes it.</param>
/// <param name="cache">The cache folder.</param>
internal sealed class DatasetDownload(HttpClient http, string cache)
{
    /// <summary>Downloads a dataset.</summary>
    /// <param name="known">The dataset.</param>
    /// <param name="progress">Receives for each file the bytes so far and in all (0 if the server does not say).</param>
    /// <param name="cancellation">Cancels; no partial file keeps a final name.</param>
    /// <returns>The dataset's folder.</returns>
    /// <exception cref="DatasetException">It cannot be downloaded, or a digest differs from the published one.</exception>
    public async Task<string> Get(KnownDataset known, Action<string, long, long> progress, CancellationToken cancellation = default)
    {
        if (known.Files.Count == 0) throw new DatasetException($"{known.Name} comes with byol; there is nothing to download.");
        var folder = Path.Combine(cache, known.Name);
        var part = $"{folder}.{Environment.ProcessId}.part";   // half a dataset must not pass for the whole
        Directory.CreateDirectory(part);
        try
        {
            foreach (var file in known.Files)
            {
                var name = Path.GetFileName(new Uri(file.Url).AbsolutePath);
                var fetched = Path.Combine(part, name);
                await Fetch(file, name, fetched, progress, cancellation).ConfigureAwait(false);
                if (known.Members.Count == 0) continue;
                Unpack(fetched, part, known);
                File.Delete(fetched);
            }
            if (!Directory.Exists(folder)) Directory.Move(part, folder);
            else foreach (var whole in Directory.GetFiles(part))
                File.Move(whole, Path.Combine(folder, Path.GetFileName(whole)), overwrite: true);
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
        return folder;
    }

    private async Task Fetch(
        DownloadFile file, string name, string target, Action<string, long, long> progress, CancellationToken cancellation)
    {
        try
        {
            var digest = await FileDownload.Fetch(
                http, file.Url, target, HashAlgorithmName.MD5, (done, total) => progress(name, done, total),
                    cancellation).ConfigureAwait(false);
            if (digest != file.Md5)
                throw new DatasetException($"{file.Url} has MD5 {digest}, not the published {file.Md5}; nothing was kept, try again.");
        }
        catch (HttpRequestException e) when (e.StatusCode is { } code)
        {
            throw new DatasetException(
                $"{file.Url} answers {(int)code}; try again later, or download it by hand into the cache.");
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw new DatasetException(
                $"{file.Url} cannot be fetched ({e.Message.TrimEnd('.')}); check the network, or download it by hand into the cache.");
        }
    }

    // Only files with known names are written, and the archive's paths are ignored.
    private static void Unpack(string archive, string folder, KnownDataset known)
    {
        using var zipped = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(zipped);
        while (tar.GetNextEntry() is { } entry)
        {
            var name = known.Members.FirstOrDefault(m => m == Path.GetFileName(entry.Name));
            if (name is null || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            entry.ExtractToFile(Path.Combine(folder, name), overwrite: true);
        }
        if (known.Members.FirstOrDefault(m => !File.Exists(Path.Combine(folder, m))) is { } missing)
            throw new DatasetException($"The archive of {known.Name} lacks {missing}; try again.");
    }
}
