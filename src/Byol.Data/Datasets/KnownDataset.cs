namespace Byol.Data.Datasets;

/// <summary>One file of a known dataset's official download.</summary>
internal sealed class DownloadFile
{
    internal DownloadFile(string url, string md5) =>
        (Url, Md5) = (url, md5);

    /// <summary>Where it is published.</summary>
    public string Url { get; }

    /// <summary>The published digest, in lower case.</summary>
    public string Md5 { get; }
}

/// <summary>A dataset that is known by name.</summary>
public sealed class KnownDataset
{
    internal KnownDataset(
        string name, IReadOnlyList<string> splits, IReadOnlyList<string> classes, IReadOnlyList<DownloadFile> files,
        IReadOnlyList<string> members, string about) =>
        (Name, Splits, Classes, Files, Members, About) = (name, splits, classes, files, members, about);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Splits, the default one first.</summary>
    public IReadOnlyList<string> Splits { get; }

    /// <summary>Class names in label order, if they are not in the files.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>The official download; empty for the one that comes with the program.</summary>
    internal IReadOnlyList<DownloadFile> Files { get; }

    /// <summary>Web pages that publish it and its digests, one line each; empty for the one that comes with the program.</summary>
    public IReadOnlyList<string> Sources => [.. Files.Select(f => $"{f.Url}  (MD5 {f.Md5})")];

    /// <summary>Names of the files to extract from a .tar.gz; empty if the files are not archives.</summary>
    internal IReadOnlyList<string> Members { get; }

    /// <summary>One line: size, content, terms.</summary>
    public string About { get; }

    /// <summary>The dataset that comes with the program.</summary>
    public const string BundledName = "fashion-mnist-10k";

    private static readonly string[] Cifar10Classes =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KnownDataset> All { get; } =
    [
        new(BundledName, ["train", "validation"], [], [], [],
            "10,000 gray images of 28 px, 10 kinds of clothes; train is the first 8,000; MIT; comes with byol"),
        new("fashion-mnist", ["train", "test"], [],
            [.. Idx("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310")],
            [], "70,000 gray images of 28 px, 10 kinds of clothes; MIT; 30 MB"),
        new("mnist", ["train", "test"], [],
            [.. Idx("https://ossci-datasets.s3.amazonaws.com/mnist/",
                "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c")],
            [], "70,000 gray images of 28 px, 10 digits; 11 MB"),
        new("cifar10", ["train", "test"], Cifar10Classes,
            [new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")],
            ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"],
            "60,000 images of 32 px, 10 classes; 162 MB"),
        new("cifar100", ["train", "test"], [],
            [new("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8")],
            ["train.bin", "test.bin", "fine_label_names.txt"], "60,000 images of 32 px, 100 classes; 161 MB"),
        new("stl10", ["unlabeled", "train", "test", "train+unlabeled"], [],
            [new("http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz", "91f7769df0f17e558f3565bffb0c7dfb")],
            ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin", "unlabeled_X.bin", "class_names.txt"],
            "113,000 images of 96 px, 10 classes, 100,000 of them without labels; 2.6 GB"),
    ];

    /// <summary>The dataset of a name, or null.</summary>
    /// <param name="name">A name, in any case.</param>
    public static KnownDataset? Find(string name) => All.FirstOrDefault(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<DownloadFile> Idx(string root, params string[] md5) =>
        new[] { "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz" }
            .Zip(md5, (file, digest) => new DownloadFile(root + file, digest));
}
