using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Opens a file as data, by how it begins and what it is called.</summary>
internal static class DatasetFile
{
    private const string WhatIsRead = "give a folder of images, a .tar, .tar.gz or .zip of them, a list of them (.txt, .csv), or a pack";

    /// <summary>Opens a file.</summary>
    /// <param name="path">A file that exists.</param>
    /// <param name="options">How images become pixels.</param>
    /// <exception cref="DatasetException">It is nothing that is read.</exception>
    public static IDataset Open(string path, ImageOptions options)
    {
        if (PackedDataset.IsPack(path)) return new PackedDataset(path);
        if (IsTar(path)) return new WebDataset(path, [path], options);
        if (Ends(path, ".zip")) return new ZipDataset(path, options);
        if (Ends(path, ".txt") || Ends(path, ".csv")) return ImageList.Read(path, options);
        if (ImageDecoder.IsImage(path)) return ImageList.Of(path, [path], options);
        if (IsIdx(path)) throw new DatasetException($"{path} is one file of the MNIST family; give the folder that it lies in.");
        throw Ends(path, ".parquet") || Ends(path, PackedDataset.Extension) ? NotThere(path, path)
            : new DatasetException($"{path} is a file that is not read as data; {WhatIsRead}.");
    }

    /// <summary>Opens the files of a pattern: tars, or images.</summary>
    /// <param name="name">The pattern, as messages call it.</param>
    /// <param name="files">At least one file, each of which exists.</param>
    /// <param name="options">How images become pixels.</param>
    /// <exception cref="DatasetException">They are neither, or both.</exception>
    public static IDataset OpenAll(string name, IReadOnlyList<string> files, ImageOptions options)
    {
        if (files.FirstOrDefault(PackedDataset.IsPack) is { } pack)
            throw new DatasetException($"{name} matches {pack}, which is a pack; name each pack, with commas between them.");
        if (files.All(IsTar)) return new WebDataset(name, files, options);
        if (files.All(ImageDecoder.IsImage)) return ImageList.Of(name, files, options);
        var other = files.First(f => !IsTar(f) && !ImageDecoder.IsImage(f) || IsTar(f) != IsTar(files[0]));
        throw new DatasetException($"{name} matches {other}, and a pattern stands for tars or for images alone; write a narrower one, "
            + "for instance *.tar or *.jpg.");
    }

    /// <summary>Makes the error for something that is not data.</summary>
    /// <param name="data">What was given.</param>
    /// <param name="name">The same without a split.</param>
    public static DatasetException NotThere(string data, string name)
    {
        if (data.StartsWith("~/", StringComparison.Ordinal))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return new DatasetException($"{data} does not exist: in quotes ~ is not your home folder; give {Path.Join(home, data[2..])}.");
        }
        if (Ends(data, ".parquet"))
            return new DatasetException($"{data} is a Parquet file, which is not read yet; give a folder of images or WebDataset tars.");
        if (Ends(data, PackedDataset.Extension))
        {
            return new DatasetException(
                $"{data} is not a pack of images, or does not exist; check the path, or make it with DatasetPacker.Pack.");
        }
        if (IsTar(data) || Ends(data, ".zip")) return new DatasetException($"File {data} does not exist; check the path.");
        return new DatasetException(data.AsSpan().ContainsAny("/\\")
            ? $"Folder {data} does not exist; give a folder of images, or a name from KnownDataset.All."
            : $"Data {data} is neither a folder nor a known name{NearestName.Suggest(name, KnownDataset.All.Select(d => d.Name))}");
    }

    private static bool IsTar(string path) => Ends(path, ".tar") || Ends(path, ".tar.gz") || Ends(path, ".tgz");

    private static bool IsIdx(string path) => ((string[])["idx3-ubyte", "idx1-ubyte"]).Any(p => path.Contains(p, StringComparison.Ordinal));

    private static bool Ends(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
