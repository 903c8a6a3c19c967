using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Opens a folder by what it holds: files of a known dataset, tars, or images. Where images lie beside the others, they are what
/// the
/// folder is for, unless the archives are more.</summary>
internal static class DatasetFolder
{
    private static readonly string[] Inner = ["cifar-10-batches-bin", "cifar-100-binary", "stl10_binary"];

    /// <summary>Opens it.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="split">A split, or null.</param>
    /// <param name="options">How files become pixels.</param>
    /// <exception cref="DatasetException">It holds nothing that is read, or not that split.</exception>
    public static IDataset Open(string name, string folder, string? split, ImageOptions options)
    {
        var (folders, files) = List(folder);
        if (Inner.FirstOrDefault(folders.Contains) is { } inner) return Open(name, Path.Combine(folder, inner), split, options);
        var binary = Binary(name, folder, files, split);
        string[] tars = [.. files.Where(f => IsTar(f) && f.StartsWith(split ?? "", StringComparison.Ordinal))];
        if (split is not null && binary is null && folders.Contains(split)) return new ImageFolder(Path.Combine(folder, split), options);
        if (split is not null) return OpenSplit(name, folder, split, binary, tars, files.Any(IsTar), options);
        if (binary is null && tars.Length == 0)
        {
            if (files.Contains("data_batch_1") && files.Contains("batches.meta")) throw PythonVersion(folder, "CIFAR-10", "cifar10");
            if (files.Contains("train") && files.Contains("meta")) throw PythonVersion(folder, "CIFAR-100", "cifar100");
            return new ImageFolder(folder, options);
        }
        var walk = new FolderWalk(folder);
        var others = binary is not null ? 1 : tars.Length;
        if (walk.Images.Count == 0 || (binary is null && others > walk.Images.Count))
        {
            var data = binary?.Invoke() ?? Tars();
            return walk.Images.Count == 0 ? data : new Remarked(data, Beside(folder, walk.Images.Count, others));
        }
        return new ImageFolder(folder, options, walk, tars.Length > 0 ? [Unread(folder, tars)] : []);

        WebDataset Tars() => new(name, [.. tars.Select(t => Path.Combine(folder, t))], options);
    }

    private static IDataset OpenSplit(
        string name, string folder, string split, Func<IDataset>? binary, string[] tars, bool hasTars, ImageOptions options)
    {
        if (binary is not null) return binary();
        if (tars.Length > 0) return new WebDataset(name, [.. tars.Select(t => Path.Combine(folder, t))], options);
        throw new DatasetException(hasTars
            ? $"{folder} lacks the files of {name}; download it again, or choose another split."
            : $"{folder} has no split {split}: there is no folder of that name in it.");
    }

    // The official binary files, or null if there are none.
    private static Func<IDataset>? Binary(string name, string folder, List<string> files, string? split)
    {
        if (files.Exists(IsBatch))
        {
            return () => Cifar.Ten(name, Named(name, folder, files, Split(name, split, "train", "test") == "test"
                ? f => f == "test_batch.bin"
                : IsBatch));
        }
        if (files.Contains("train_X.bin") || files.Contains("unlabeled_X.bin"))
            return () => new Stl10(name, folder, Split(name, split, "unlabeled", "train", "test", "train+unlabeled"));
        if (files.Contains("train.bin"))
            return () => Cifar.Hundred(name, Path.Combine(folder, $"{Split(name, split, "train", "test")}.bin"));
        return IdxFiles.AreIn(files) ? () => IdxFiles.Open(name, folder, files, split) : null;

        static bool IsBatch(string f) =>
            f.StartsWith("data_batch_", StringComparison.Ordinal) && f.EndsWith(".bin", StringComparison.Ordinal);
    }

    private static string Split(string name, string? split, params string[] splits) => split is null ? splits[0]
        : splits.Contains(split) ? split
        : throw new DatasetException($"{name} has no split {split}{NearestName.Suggest(split, splits)}");

    private static List<string> Named(string name, string folder, List<string> files, Func<string, bool> wanted) =>
        files.Where(wanted).Select(f => Path.Combine(folder, f)).ToList() is { Count: > 0 } found
            ? found
            : throw new DatasetException($"{folder} lacks the files of {name}; download it again, or choose another split.");

    private static (List<string> Folders, List<string> Files) List(string folder)
    {
        try
        {
            return (Names(Directory.EnumerateDirectories(folder)), Names(Directory.EnumerateFiles(folder)));
        }
        catch (UnauthorizedAccessException)
        {
            throw new DatasetException($"Folder {folder} may not be opened; check its rights.");
        }

        static List<string> Names(IEnumerable<string> paths) => [.. paths.Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
    }

    private static bool IsTar(string file) => file.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    private static DatasetNotes Beside(string folder, int images, int archives) => new([],
        [$"{folder} holds {images} image files beside {archives} archives, and the archives are read; "
            + "move the images to another folder to read them."]);

    private static string Unread(string folder, string[] tars) => $"{tars[0]}{(tars.Length > 1 ? $" and {tars.Length - 1} more" : "")} "
        + $"beside the images of {folder} {(tars.Length > 1 ? "are" : "is")} not read; {Path.Combine(folder, tars[0])} as data opens it.";

    private static DatasetException PythonVersion(string folder, string what, string name) => new(
        $"{folder} holds {what}'s version for Python (pickles), which is not read; get its binary version with DatasetDownload.Get {name}, "
        + "or from https://www.cs.toronto.edu/~kriz/cifar.html.");
}
