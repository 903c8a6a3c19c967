using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class DatasetDigestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetDigest _before;

    public DatasetDigestTests()
    {
        Made.Images(_folder["a"], 5);
        _before = DatasetDigest.Of(new ImageFolder(_folder["a"]));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_images_elsewhere_are_the_same()
    {
        Made.Images(_folder["b"], 5);
        Assert.Null(DatasetDigest.Of(new InMemoryCache(new ImageFolder(_folder["b"]), 1000)).ChangeSince(_before));
    }

    [Theory]
    [InlineData("more", "it has 6 images and had 5")]
    [InlineData("other", "its first image is 000.png and was 0000.png")]
    [InlineData("one other", "some of its images have other names")]
    [InlineData("length", "some of their files have other lengths")]
    public void What_changed_is_said(string how, string said)
    {
        switch (how)
        {
            case "more": Made.File(_folder["a/x.png"], Made.Png()); break;
            case "other": File.Move(_folder["a/0000.png"], _folder["a/000.png"]); break;
            case "one other": File.Move(_folder["a/0004.png"], _folder["a/4.png"]); break;
            default: Made.File(_folder["a/0002.png"], Made.Png(17, 2)); break;
        }
        Assert.Contains(said, DatasetDigest.Of(new ImageFolder(_folder["a"])).ChangeSince(_before), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_order_is_said()
    {
        var whole = new ImageFolder(_folder["a"]);
        var other = DatasetDigest.Of(new ConcatDataset([whole.Part("x", 1, 4), whole.Part("y", 0, 1)]));
        Assert.Equal("its images have the same names in another order", other.ChangeSince(_before));
    }

    [Fact]
    public void How_a_known_file_was_written_does_not_matter()
    {
        Made.File(_folder["c/train.bin"], new byte[2 * 3074]);
        var (one, other) = (Cifar.Hundred("one", _folder["c/train.bin"]), Cifar.Hundred("other", _folder["c/train.bin"]));
        Assert.Null(DatasetDigest.Of(one).ChangeSince(DatasetDigest.Of(other)));
    }
}
