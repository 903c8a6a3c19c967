namespace Byol.Data.Datasets;

/// <summary>From a name or path to a dataset.</summary>
/// <param name="folders">Folders to look for known names in, first match wins.</param>
/// <param name="cache">Where downloads lie; looked in last.</param>
/// <param name="bundled">The folder of the images that come with the program.</param>
public sealed class DatasetCatalog(IReadOnlyList<string> folders, string cache, string bundled)
{
    private const int BundledTrain = 8000;

    /// <summary>The catalog as the environment has it: <c>BYOL_DATA</c> lists folders, <c>BYOL_CACHE</c> moves the cache.</summary>
    public static DatasetCatalog FromEnvironment() => new(
        (Environment.GetEnvironmentVariable("BYOL_DATA") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        CacheFolder(),
        Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist"));

    /// <summary>Folders that known names are looked for in.</summary>
    internal IReadOnlyList<string> Folders => folders;

    /// <summary>Where downloads lie.</summary>
    public string Cache => cache;

    /// <summary>Opens data.</summary>
    /// <param name="data">A known name with an optional <c>:split</c>, a folder, a tar file or pattern of tar files, a pack,
    /// or several of these with commas between.</param>
    /// <exception cref="DatasetException">It cannot be found, or holds nothing; one line: value, rule, remedy.</exception>
    /// <exception cref="InvalidDataException">It was found and is damaged.</exception>
    public IDataset Open(string data)
    {
        var parts = SplitList(data).Select(OpenOne).ToList();
        return parts.Count switch
        {
            0 => throw new DatasetException("No data was named; give a folder of images, or a name from KnownDataset.All."),
            1 => parts[0],
            _ => new ConcatDataset(parts),
        };
    }

    /// <summary>Known datasets that a text names and that are not on this machine.</summary>
    /// <param name="data">As for <see cref="Open"/>.</param>
    public IEnumerable<KnownDataset> Missing(string data) =>
        SplitList(data).Select(part => KnownDataset.Find(NameAndSplit(part).Name)).OfType<KnownDataset>().Distinct()
            .Where(known => Locate(known) is null && known.Files.Count > 0);

    /// <summary>Where a known dataset lies on this machine, or null.</summary>
    /// <param name="known">The dataset.</param>
    public string? Locate(KnownDataset known) => known.Name == KnownDataset.BundledName
        ? (Directory.Exists(bundled) ? bundled : null)
        : folders.Append(cache).Select(f => Path.Combine(f, known.Name)).FirstOrDefault(Directory.Exists);

    private IDataset OpenOne(string data)
    {
        var (name, split) = NameAndSplit(data);
        if (KnownDataset.Find(name) is { } known) return OpenKnown(known, split ?? known.Splits[0]);
        if (data.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            throw new DatasetException(
                $"{data} is a Parquet file, which is not read yet; give a folder of images or WebDataset tars.");
        }
        if (PackedDataset.IsPack(data)) return new PackedDataset(data);
        if (PathPattern.IsPattern(data) || data.EndsWith(".tar", StringComparison.OrdinalIgnoreCase))
        {
            var files = PathPattern.Files(data);
            if (files.FirstOrDefault(PackedDataset.IsPack) is { } pack)
                throw new DatasetException($"{data} matches {pack}, which is a pack; name each pack, with commas between them.");
            return new WebDataset(data, files);
        }
        if (Directory.Exists(data)) return OpenFolder(data, data, null);
        if (Directory.Exists(name)) return OpenFolder(data, name, split);
        if (data.EndsWith(PackedDataset.Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new DatasetException(
                $"{data} is not a pack of images, or does not exist; check the path, or make it with DatasetPacker.Pack.");
        }
        if (File.Exists(data))
            throw new DatasetException($"{data} is a file that is not read as data; give a folder of images, a .tar of them, or a pack.");
        var looksLikePath = data.AsSpan().ContainsAny("/\\");
        throw new DatasetException(looksLikePath
            ? $"Folder {data} does not exist; give a folder of images, or a name from KnownDataset.All."
            : $"Data {data} is neither a folder nor a known name{NearestName.Suggest(name, KnownDataset.All.Select(d => d.Name))}");
    }

    private static (string Name, string? Split) NameAndSplit(string data) =>
        data.LastIndexOf(':') is > 1 and var colon ? (data[..colon], data[(colon + 1)..]) : (data, null);

    private IDataset OpenKnown(KnownDataset known, string split)
    {
        var name = $"{known.Name}:{split}";
        if (known.Name == KnownDataset.BundledName)
        {
            RequireSplit(known, split, known.Splits);
            var whole = Idx.Open(
                known.Name, Path.Combine(bundled, "t10k-images-idx3-ubyte.gz"),
                Path.Combine(bundled, "t10k-labels-idx1-ubyte.gz"));
            return split == "train"
                ? new Subset(name, whole, 0, BundledTrain)
                : new Subset(name, whole, BundledTrain, whole.Count - BundledTrain);
        }
        return Locate(known) is { } folder
            ? OpenFolder(name, folder, split)
            : throw new DatasetException(
                $"{known.Name} is not on this machine (looked in {string.Join(", ", folders.Append(cache))}); "
                    + $"download it with DatasetDownload.Get {known.Name}, or name its folder's parent in BYOL_DATA.");
    }

    // What a folder holds decides how it is read.
    private static IDataset OpenFolder(string name, string folder, string? split)
    {
        var inner = Directory.GetDirectories(folder)
            .FirstOrDefault(d => Path.GetFileName(d) is "cifar-10-batches-bin" or "cifar-100-binary" or "stl10_binary");
        if (inner is not null) return OpenFolder(name, inner, split);
        var files = Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList();
        if (files.Any(f => f.StartsWith("data_batch_", StringComparison.Ordinal) && f.EndsWith(".bin", StringComparison.Ordinal)))
            return Cifar.Ten(name, Named(Split("train", "test") == "test"
                ? f => f == "test_batch.bin"
                : f => f.StartsWith("data_batch_", StringComparison.Ordinal)));
        if (files.Contains("train_X.bin") || files.Contains("unlabeled_X.bin"))
            return new Stl10(name, folder, Split("unlabeled", "train", "test", "train+unlabeled"));
        if (files.Contains("train.bin")) return Cifar.Hundred(name, Path.Combine(folder, $"{Split("train", "test")}.bin"));
        if (files.Any(f => f.Contains("-images-idx3-ubyte", StringComparison.Ordinal)))
        {
            var prefix = Split("train", "test") == "test" ? "t10k" : "train";
            return Idx.Open(name, Named(f => f.StartsWith($"{prefix}-images-idx3-ubyte", StringComparison.Ordinal))[0],
                files.Any(f => f.StartsWith($"{prefix}-labels-idx1-ubyte", StringComparison.Ordinal))
                    ? Named(f => f.StartsWith($"{prefix}-labels-idx1-ubyte", StringComparison.Ordinal))[0]
                    : null);
        }
        if (files.Any(f => f.EndsWith(".tar", StringComparison.Ordinal)))
            return new WebDataset(
                name, Named(f => f.EndsWith(".tar", StringComparison.Ordinal) && f.StartsWith(split ?? "", StringComparison.Ordinal)));
        return split is null ? new ImageFolder(folder)
            : Directory.Exists(Path.Combine(folder, split)) ? new ImageFolder(Path.Combine(folder, split))
            : throw new DatasetException($"{folder} has no split {split}: there is no folder of that name in it.");

        string Split(params string[] splits) => split is null ? splits[0]
            : splits.Contains(split) ? split
            : throw new DatasetException($"{name} has no split {split}{NearestName.Suggest(split, splits)}");

        List<string> Named(Func<string, bool> wanted) =>
            files.Where(wanted).Select(f => Path.Combine(folder, f)).ToList() is { Count: > 0 } found
                ? found
                : throw new DatasetException($"{folder} lacks the files of {name}; download it again, or choose another split.");
    }

    private static void RequireSplit(KnownDataset known, string split, IEnumerable<string> splits)
    {
        if (!splits.Contains(split)) throw new DatasetException($"{known.Name} has no split {split}{NearestName.Suggest(split, splits)}");
    }

    // Commas inside braces belong to a pattern.
    private static IEnumerable<string> SplitList(string data)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= data.Length; i++)
        {
            if (i < data.Length && data[i] == '{') depth++;
            if (i < data.Length && data[i] == '}') depth--;
            if (i < data.Length && (data[i] != ',' || depth > 0)) continue;
            if (data[start..i].Trim() is { Length: > 0 } part) yield return part;
            start = i + 1;
        }
    }

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable("BYOL_CACHE") is { Length: > 0 } own) return own;
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } shared
            ? Path.Combine(shared, "byol")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "byol");
    }
}
