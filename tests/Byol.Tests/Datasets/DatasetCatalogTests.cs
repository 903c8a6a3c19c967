using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class DatasetCatalogTests : IDisposable
{
    private static readonly string Bundled = Path.Combine(Repository.Root, "data", "fashion-mnist");
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetCatalog _catalog;

    public DatasetCatalogTests() => _catalog = new DatasetCatalog([_folder["one"], _folder["two"]], _folder["cache"], Bundled);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one two cache", "one")]
    [InlineData("two cache", "two")]
    [InlineData("cache", "cache")]
    public void Folders_are_looked_in_in_order_and_the_cache_last(string present, string found)
    {
        foreach (var folder in present.Split(' ')) Mnist($"{folder}/mnist", folder.Length);
        Assert.Equal(found.Length, _catalog.Open("mnist").Read(0).Width);
        Assert.Equal(_folder[$"{found}/mnist"], _catalog.Locate(KnownDataset.Find("mnist")!));
    }

    [Fact]
    public void A_known_name_that_is_not_here_says_how_to_get_it()
    {
        var message = Fails("cifar10");
        Assert.Contains("DatasetCatalog.Download cifar10", message);
        Assert.Contains(_folder["one"], message);
        Assert.Contains(_folder["cache"], message);
    }

    [Theory]
    [InlineData("cifar10", "cifar10")]
    [InlineData("cifar10:test", "cifar10")]
    [InlineData("CIFAR10:test,stl10,cifar10", "cifar10 stl10")]
    [InlineData("fashion-mnist-10k", "")]
    [InlineData("mnist", "")]
    [InlineData("./folder,imagenet,{a,b}.tar", "")]
    public void What_is_missing_is_listed_once(string data, string missing)
    {
        Mnist("one/mnist", 4);
        Assert.Equal(missing.Split(' ', StringSplitOptions.RemoveEmptyEntries), _catalog.Missing(data).Select(k => k.Name));
    }

    [Theory]
    [InlineData("fashion-mnist-10k", "fashion-mnist-10k:train", 8000)]
    [InlineData("fashion-mnist-10k:train", "fashion-mnist-10k:train", 8000)]
    [InlineData("fashion-mnist-10k:validation", "fashion-mnist-10k:validation", 2000)]
    [InlineData("Fashion-MNIST-10K", "fashion-mnist-10k:train", 8000)]
    public void The_bundled_images_have_two_splits(string data, string name, int count)
    {
        var dataset = _catalog.Open(data);
        Assert.Equal((name, count, 10), (dataset.Name, dataset.Count, dataset.Classes.Count));
    }

    [Theory]
    [InlineData("fashion-mnist-10k:validatoin", "did you mean validation?")]
    [InlineData("fashion-mnist-10k:test", "known are train, validation.")]
    [InlineData("mnist:tset", "did you mean test?")]
    [InlineData("mnist:validation", "known are train, test.")]
    [InlineData("cifar100:trian", "did you mean train?")]
    [InlineData("stl10:unlabelled", "did you mean unlabeled?")]
    [InlineData("cifar", "did you mean cifar10?")]
    [InlineData("fashion_mnist", "did you mean fashion-mnist?")]
    [InlineData("imagenet", "known are fashion-mnist-10k,")]
    public void A_wrong_name_or_split_names_the_nearest(string data, string suggestion)
    {
        Mnist("one/mnist", 4);
        Made.File(_folder["one/cifar100/train.bin"], new byte[3074]);
        Made.File(_folder["one/stl10/unlabeled_X.bin"], new byte[96 * 96 * 3]);
        Assert.Contains(suggestion, Fails(data));
    }

    [Theory]
    [InlineData("", "No data was named")]
    [InlineData(" , ", "No data was named")]
    [InlineData("./nowhere", "does not exist")]
    [InlineData("nowhere/deeper", "does not exist")]
    [InlineData("x.parquet", "Parquet")]
    [InlineData("nowhere*.tar", "No file matches")]
    [InlineData("nowhere.tar", "does not exist")]
    [InlineData("a{.tar", "brace")]
    [InlineData("./nowhere,./nowhere2", "does not exist")]
    public void What_cannot_be_opened_says_why(string data, string message) => Assert.Contains(message, Fails(data));

    [Fact]
    public void A_file_that_is_no_data_says_so() => Assert.Contains("not read as data", Fails(Made.File(_folder["x.doc"], [1])));

    [Fact]
    public void Lists_join_folders_and_patterns_with_commas_in_braces()
    {
        Made.Images(_folder["photos"], 3);
        foreach (var name in (string[])["a", "b", "c"]) Made.File(_folder[$"{name}.tar"], Made.Tar(($"{name}.png", Made.Png())));
        var data = _catalog.Open($"{_folder["photos"]}, {_folder["{a,b}.tar"]},{_folder["c.tar"]}");
        Assert.Equal(["0000.png", "0001.png", "0002.png", "a", "b", "c"], Enumerable.Range(0, data.Count).Select(data.ItemName));
    }

    [Fact]
    public void A_pack_is_known_by_how_it_begins_and_joins_lists()
    {
        Made.Images(_folder["photos"], 3);
        Packs.Pack(new ImageFolder(_folder["photos"]), _folder["pack.bin"]);
        Assert.Equal(3, Assert.IsType<PackedDataset>(_catalog.Open(_folder["pack.bin"])).Count);
        Assert.Equal(6, _catalog.Open($"{_folder["pack.bin"]},{_folder["photos"]}").Count);
        Assert.Contains("does not exist", Fails(_folder["nowhere.byolpack"]));
        Assert.Contains("not a pack", Fails(Made.File(_folder["x.byolpack"], [1, 2, 3])));
        Assert.Contains("name each pack", Fails(_folder["pa*.bin"]));
    }

    [Fact]
    public void A_folder_may_have_splits()
    {
        Made.Images(_folder["photos/train"], 4, "cat", "dog");
        Made.Images(_folder["photos/val"], 2, "cat", "dog");
        Assert.Equal((4, 2), (_catalog.Open(_folder["photos"] + ":train").Count, _catalog.Open(_folder["photos"] + ":val").Count));
        Assert.Contains("no split test", Fails(_folder["photos"] + ":test"));
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData(":train", 4)]
    [InlineData(":test", 1)]
    public void Cifar_is_recognized_in_any_folder(string split, int count)
    {
        for (var i = 1; i <= 2; i++) Made.File(_folder[$"c/cifar-10-batches-bin/data_batch_{i}.bin"], new byte[2 * 3073]);
        Made.File(_folder["c/cifar-10-batches-bin/test_batch.bin"], new byte[3073]);
        Assert.Equal(count, _catalog.Open(_folder["c"] + split).Count);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData(":train", 2)]
    [InlineData(":train+unlabeled", 5)]
    [InlineData(":test", 1)]
    public void Stl10_is_recognized_in_any_folder(string split, int count)
    {
        foreach (var (name, images) in ((string, int)[])[("unlabeled", 3), ("train", 2), ("test", 1)])
            Made.File(_folder[$"s/{name}_X.bin"], new byte[images * 96 * 96 * 3]);
        Assert.Equal(count, _catalog.Open(_folder["s"] + split).Count);
    }

    [Fact]
    public void A_folder_of_tars_is_read_as_one_and_its_split_is_a_prefix()
    {
        foreach (var name in (string[])["train-0", "train-1", "test-0"])
            Made.File(_folder[$"w/{name}.tar"], Made.Tar(($"{name}.png", Made.Png())));
        Assert.Equal([3, 2, 1], ((string[])["", ":train", ":test"]).Select(split => _catalog.Open(_folder["w"] + split).Count));
        Assert.Contains("another split", Fails(_folder["w"] + ":val"));
    }

    [Fact]
    public void Shared_data_opens_by_name()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("BYOL_DATA")), "BYOL_DATA names no folder.");
        var catalog = DatasetCatalog.FromEnvironment();
        var present = KnownDataset.All.Where(k => catalog.Folders.Any(f => Directory.Exists(Path.Combine(f, k.Name)))).ToList();
        Assert.SkipWhen(present.Count == 0, "BYOL_DATA holds no known dataset.");
        foreach (var known in present) Assert.InRange(catalog.Open(known.Name).Read(0).Width, 28, 96);
    }

    private string Fails(string data) => Assert.Throws<DatasetException>(() => _catalog.Open(data)).Message;

    private void Mnist(string folder, int side)
    {
        Made.File(_folder[$"{folder}/train-images-idx3-ubyte"], Made.Idx(0x803, [1, side, side], new byte[side * side]));
        Made.File(_folder[$"{folder}/train-labels-idx1-ubyte"], Made.Idx(0x801, [1], [3]));
    }

    [Fact]
    public void Images_are_opened_by_what_a_person_calls_them()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(3, Byol.Data.Datasets.Images.Open(Made.Images(folder["photographs"], 3)).Count);
        Assert.Equal(8000, Byol.Data.Datasets.Images.Open(KnownDataset.BundledName).Count);      // train, the first split
    }
}
