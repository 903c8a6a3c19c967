using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Opens datasets by name or path.</summary>
public sealed class DatasetCatalog
{
    private const int BundledTrain = 8000;
    private readonly string _bundled;

    /// <param name="folders">Folders to look for known names in, first match wins.</param>
    /// <param name="cache">The folder of downloads, which is searched last.</param>
    /// <param name="bundled">The folder of the images that come with the program.</param>
    internal DatasetCatalog(IReadOnlyList<string> folders, string cache, string bundled) =>
        (Folders, Cache, _bundled) = (folders, cache, bundled);

    /// <summary>The catalog that the environment describes: <c>BYOL_DATA</c> lists folders, <c>BYOL_CACHE</c> names the cache.</summary>
    public static DatasetCatalog FromEnvironment() => new(
        (Environment.GetEnvironmentVariable("BYOL_DATA") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        CacheFolder(),
        Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist"));

    /// <summary>Folders that are searched for known names.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>The folder of downloads.</summary>
    public string Cache { get; }

    /// <summary>Downloads a known dataset into the cache and checks its published digests.</summary>
    /// <param name="known">The dataset.</param>
    /// <param name="http">The client for downloads.</param>
    /// <param name="progress">Receives for each file the bytes so far and in all (0 if the server does not say).</param>
    /// <param name="cancellation">Cancels; no partial file keeps a final name.</param>
    /// <returns>The dataset's folder.</returns>
    /// <exception cref="DatasetException">It cannot be downloaded, or a digest differs from the published one.</exception>
    public Task<string> Download(
        KnownDataset known, HttpClient http, Action<string, long, long> progress, CancellationToken cancellation = default) =>
        new DatasetDownload(http, Cache).Get(known, progress, cancellation);

    /// <summary>Opens data.</summary>
    /// <param name="data">A known name with an optional <c>:split</c>; a folder; a tar, also a zipped one, or a zip; a pattern of tars or
    /// of images; a list of images (.txt, .csv); an image; a pack; or several of these with commas between. A path that exists is taken
    /// literally; otherwise a character in brackets stands for itself: <c>[,] [*] [?] [{] [}] [:]</c>. docs/DATA.md has the rules.</param>
    /// <exception cref="DatasetException">It cannot be found, or is empty; the message gives value, rule and remedy in one
    /// line.</exception>
    /// <param name="options">How files become pixels; null for the defaults. With depth 0 the data is opened twice, once to measure the
    /// depth.</param>
    /// <exception cref="InvalidDataException">It was found and is damaged.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public IDataset Open(string data, ImageOptions? options = null)
    {
        var asked = options ?? DatasetDetails.Defaults;
        asked.Validate();
        var opened = OpenAll(data, asked with { Depth = asked.Depth == 0 ? ImageOptions.FullDepth : asked.Depth });
        if (asked.Depth == 0 && ImageDepth.Of(opened) is < ImageOptions.FullDepth and var bits)
        {
            (opened as IDisposable)?.Dispose();
            return OpenAll(data, asked with { Depth = bits });
        }
        return ImageDepth.Remark(opened) is { } remark ? new Remarked(opened, new DatasetNotes([], [remark])) : opened;
    }

    private IDataset OpenAll(string data, ImageOptions options)
    {
        var parts = DataText.Split(data).Select(part => OpenOne(part, options)).ToList();
        return parts.Count switch
        {
            0 => throw new DatasetException("No data was named; give a folder of images, or a name from KnownDataset.All."),
            1 => parts[0],
            _ => new ConcatDataset(parts),
        };
    }

    /// <summary>The known datasets in a text that are not on this machine.</summary>
    /// <param name="data">As for <see cref="Open"/>.</param>
    public IEnumerable<KnownDataset> Missing(string data) =>
        DataText.Split(data).Where(part => !Path.Exists(DataText.Literal(part)))
            .Select(part => KnownDataset.Find(NameAndSplit(part).Name)).OfType<KnownDataset>().Distinct()
            .Where(known => Locate(known) is null && known.Files.Count > 0);

    /// <summary>The path of a known dataset on this machine, or null.</summary>
    /// <param name="known">The dataset.</param>
    public string? Locate(KnownDataset known) => known.Name == KnownDataset.BundledName
        ? (Directory.Exists(_bundled) ? _bundled : null)
        : Folders.Append(Cache).Select(f => Path.Combine(f, known.Name)).FirstOrDefault(Directory.Exists);

    // A known name that is on this machine comes first: its meaning must not depend on the working folder.
    private IDataset OpenOne(string part, ImageOptions options)
    {
        var (path, (name, split)) = (DataText.Literal(part), NameAndSplit(part));
        var known = KnownDataset.Find(name);
        if (known is not null && (Locate(known) is not null || !Path.Exists(path)))
            return OpenKnown(known, split ?? known.Splits[0], options);
        if (Directory.Exists(path)) return DatasetFolder.Open(path, path, null, options);
        if (File.Exists(path)) return DatasetFile.Open(path, options);
        if (split is not null && Directory.Exists(DataText.Literal(name)))
            return DatasetFolder.Open(path, DataText.Literal(name), split, options);
        if (PathPattern.IsPattern(part)) return DatasetFile.OpenAll(path, PathPattern.Files(part), options);
        throw DatasetFile.NotThere(path, name);
    }

    private static (string Name, string? Split) NameAndSplit(string data) =>
        data.LastIndexOf(':') is > 1 and var colon ? (data[..colon], data[(colon + 1)..]) : (data, null);

    private IDataset OpenKnown(KnownDataset known, string split, ImageOptions options)
    {
        var name = $"{known.Name}:{split}";
        if (known.Name == KnownDataset.BundledName)
        {
            RequireSplit(known, split, known.Splits);
            var whole = Idx.Open(
                known.Name, Path.Combine(_bundled, "t10k-images-idx3-ubyte.gz"),
                Path.Combine(_bundled, "t10k-labels-idx1-ubyte.gz"));
            return split == "train"
                ? new Subset(name, whole, 0, BundledTrain)
                : new Subset(name, whole, BundledTrain, whole.Count - BundledTrain);
        }
        return Locate(known) is { } folder
            ? DatasetFolder.Open(name, folder, split, options)
            : throw new DatasetException(
                $"{known.Name} is not on this machine (looked in {string.Join(", ", Folders.Append(Cache))}); "
                    + $"download it with DatasetCatalog.Download {known.Name}, or name its folder's parent in BYOL_DATA.");
    }

    private static void RequireSplit(KnownDataset known, string split, IEnumerable<string> splits)
    {
        if (!splits.Contains(split)) throw new DatasetException($"{known.Name} has no split {split}{NearestName.Suggest(split, splits)}");
    }

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable("BYOL_CACHE") is { Length: > 0 } own) return own;
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } shared
            ? Path.Combine(shared, "byol")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "byol");
    }
}
