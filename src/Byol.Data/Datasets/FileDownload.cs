using System.Security.Cryptography;

namespace Byol.Data.Datasets;

/// <summary>One file from the web, its digest computed on the way.</summary>
internal static class FileDownload
{
    private const int BufferSize = 1 << 16;

    /// <summary>Fetches a file.</summary>
    /// <param name="http">The client for downloads; the caller disposes it.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="algorithm">The digest.</param>
    /// <param name="progress">Receives the bytes so far and in all (0 if the server does not say).</param>
    /// <param name="cancellation">Cancels; the written part stays.</param>
    /// <returns>The digest in lower case.</returns>
    /// <exception cref="HttpRequestException">The server answers with an error, whose code it has, or not at all.</exception>
    /// <exception cref="HttpIOException">The connection was cut.</exception>
    public static async Task<string> Fetch(
        HttpClient http, string url, string target, HashAlgorithmName algorithm, Action<long, long> progress,
            CancellationToken cancellation)
    {
        using var response = await http
            .GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var hash = IncrementalHash.CreateHash(algorithm);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var sink = File.Create(target);
        var buffer = new byte[BufferSize];
        for (var done = 0L; await source.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read;)
        {
            hash.AppendData(buffer, 0, read);
            await sink.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress(done += read, response.Content.Headers.ContentLength ?? 0);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
