using System.IO.Compression;
using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

/// <summary>Folders that hold several things, and files of known datasets under other names.</summary>
public sealed class DatasetFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetCatalog _catalog;

    public DatasetFolderTests() => _catalog = new DatasetCatalog([], _folder["cache"], _folder["bundled"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stray_tar_does_not_replace_the_images()
    {
        Made.Images(_folder["d"], 6, "Images", "Images2");
        Made.File(_folder["d/backup.tar"], Made.Tar(("a.png", Made.Png())));
        var data = Open("d");
        Assert.Equal((6, 2), (data.Count, data.Classes.Count));
        Assert.StartsWith("backup.tar beside the images", Assert.Single(DatasetNotes.Of(data).Remarks), StringComparison.Ordinal);
        Assert.StartsWith(".tar beside the images", Assert.Single(DatasetNotes.Of(data).PassedOver).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stray_binary_does_not_replace_the_images()
    {
        Made.Images(_folder["d"], 3, "cat");
        Made.File(_folder["d/train.bin"], new byte[5000]);
        Assert.Equal(3, Open("d").Count);
    }

    [Fact]
    public void A_tar_without_images_beside_images_is_no_matter()
    {
        Made.Images(_folder["d/imgs"], 3);
        Made.File(_folder["d/extra.tar"], Made.Tar(("a.txt", Made.Text("x"))));
        Assert.Equal(3, Open("d").Count);
    }

    [Fact]
    public void Shards_with_a_picture_beside_them_are_shards_and_that_is_said()
    {
        for (var i = 0; i < 3; i++) Made.File(_folder[$"d/t{i}.tar"], Made.Tar(($"{i}.png", Made.Png()), ($"{i}b.png", Made.Png())));
        Made.File(_folder["d/logo.png"], Made.Png());
        var data = Open("d");
        Assert.Equal(6, data.Count);
        Assert.Contains("holds 1 image files beside 3 archives, and the archives are read",
            Assert.Single(DatasetNotes.Of(data).Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "")]
    [InlineData("emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte", "")]
    [InlineData("emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte", ":test")]
    [InlineData("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte", ":test")]
    public void The_MNIST_family_is_known_by_all_of_its_names(string images, string labels, string split)
    {
        Idx("d", images, labels);
        var data = Open($"d{split}");
        Assert.Equal((2, 3, 1), (data.Count, data.Label(0), data.Label(1)));
    }

    [Fact]
    public void Several_sets_of_EMNIST_are_chosen_by_name()
    {
        foreach (var set in (string[])["letters", "digits"])
            Idx("d", $"emnist-{set}-train-images-idx3-ubyte", $"emnist-{set}-train-labels-idx1-ubyte");
        Assert.Contains("choose one", Assert.Throws<DatasetException>(() => Open("d")).Message, StringComparison.Ordinal);
        Assert.Equal(2, Open("d:emnist-letters-train").Count);
    }

    [Theory]
    [InlineData("data_batch_1 batches.meta", "CIFAR-10's version for Python")]
    [InlineData("train test meta", "CIFAR-100's version for Python")]
    public void The_Python_version_of_CIFAR_is_named(string files, string message)
    {
        foreach (var file in files.Split(' ')) Made.File(_folder[$"d/{file}"], [1]);
        Assert.Contains(message, Assert.Throws<DatasetException>(() => Open("d")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_MNIST_family_points_to_its_folder()
    {
        Idx("d", "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
        Assert.Contains("give the folder",
            Assert.Throws<DatasetException>(() => Open("d/train-images-idx3-ubyte")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar.gz")]
    [InlineData("x.tgz")]
    public void Archives_are_data(string name)
    {
        (string, byte[])[] files = [("cat/0.png", Made.Png()), ("dog/1.png", Made.Png())];
        Made.File(_folder[name], name == "x.zip" ? Made.Zip(CompressionLevel.Fastest, files) : Made.Gzip(Made.Tar(files)));
        var data = Open(name);
        Assert.Equal((2, 2), (data.Count, data.Classes.Count));
        (data as IDisposable)?.Dispose();
    }

    private IDataset Open(string data) => _catalog.Open(_folder[data]);

    private void Idx(string folder, string images, string labels)
    {
        Made.File(_folder[$"{folder}/{images}"], Made.Idx(0x803, [2, 4, 4], new byte[32]));
        Made.File(_folder[$"{folder}/{labels}"], Made.Idx(0x801, [2], [3, 1]));
    }
}
