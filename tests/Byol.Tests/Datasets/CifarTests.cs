using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class CifarTests : IDisposable
{
    private const int Plane = 32 * 32;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Ten_has_planes_and_labels(int images)
    {
        var file = Made.File(_folder["data_batch_1.bin"], Records(images, i => [(byte)(9 - i)]));
        var cifar = Cifar.Ten("cifar10:train", [file]);
        Assert.Equal((images, 10, "airplane", "truck"), (cifar.Count, cifar.Classes.Count, cifar.Classes[0], cifar.Classes[9]));
        for (var i = 0; i < images; i++)
        {
            AssertPlanes(cifar, i);
            Assert.Equal(9 - i, cifar.Label(i));
            Assert.Equal($"cifar10:train/0000{i}", cifar.ItemName(i));
        }
    }

    [Fact]
    public void Files_follow_one_another()
    {
        var files = Enumerable.Range(0, 5)
            .Select(f => Made.File(_folder[$"data_batch_{f + 1}.bin"], Records(2, i => [(byte)(2 * f + i)]))).ToList();
        var cifar = Cifar.Ten("c", files);
        Assert.Equal(Enumerable.Range(0, 10), Enumerable.Range(0, cifar.Count).Select(i => cifar.Label(i)!.Value));
    }

    [Fact]
    public void Hundred_takes_the_fine_label()
    {
        var cifar = Cifar.Hundred("c", Made.File(_folder["train.bin"], Records(3, i => [7, (byte)(90 + i)])));
        Assert.Equal((100, "class 0"), (cifar.Classes.Count, cifar.Classes[0]));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(90 + i, cifar.Label(i));
            AssertPlanes(cifar, i);
        }
    }

    [Fact]
    public void Hundred_reads_class_names_beside_it()
    {
        File.WriteAllLines(_folder["fine_label_names.txt"], [.. Enumerable.Range(0, 100).Select(i => $"thing {i}"), ""]);
        Assert.Equal("thing 42", Cifar.Hundred("c", Made.File(_folder["test.bin"], Records(1, _ => [0, 0]))).Classes[42]);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(0)]
    public void Another_number_of_class_names_is_refused(int names)
    {
        File.WriteAllLines(_folder["fine_label_names.txt"], Enumerable.Range(0, names).Select(i => $"n{i}"));
        var file = Made.File(_folder["train.bin"], Records(1, _ => [0, 0]));
        Assert.Contains("fine_label_names.txt", Assert.Throws<InvalidDataException>(() => Cifar.Hundred("c", file)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3072)]
    [InlineData(3074)]
    [InlineData(6145)]
    public void Ten_refuses_another_size(int bytes)
    {
        var file = Made.File(_folder["x.bin"], new byte[bytes]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Cifar.Ten("c", [file])).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3073)]
    [InlineData(3075)]
    public void Hundred_refuses_another_size(int bytes)
    {
        var file = Made.File(_folder["train.bin"], new byte[bytes]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Cifar.Hundred("c", file)).Message);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(255)]
    public void Ten_refuses_a_label_that_it_does_not_have(byte label)
    {
        var file = Made.File(_folder["x.bin"], Records(2, i => [i == 1 ? label : (byte)0]));
        Assert.Contains($"label {label}", Assert.Throws<InvalidDataException>(() => Cifar.Ten("c", [file])).Message);
    }

    [Fact]
    public void Hundred_refuses_a_fine_label_of_100()
    {
        var file = Made.File(_folder["x.bin"], Records(2, _ => [0, 100]));
        Assert.Throws<InvalidDataException>(() => Cifar.Hundred("c", file));
    }

    // Image i has the value (i + position + 80 plane) mod 256 everywhere, so that a swap of anything shows.
    private static byte[] Records(int count, Func<int, byte[]> labels) =>
        [.. Enumerable.Range(0, count).SelectMany(i =>
            labels(i).Concat(Enumerable.Range(0, 3 * Plane).Select(p => Value(i, p % Plane, p / Plane))))];

    private static byte Value(int image, int position, int plane) => (byte)(image + position * 3 + 80 * plane);

    private static void AssertPlanes(Cifar cifar, int index)
    {
        var image = cifar.Read(index);
        Assert.Equal((32, 32, 3 * Plane), (image.Width, image.Height, image.Pixels.Length));
        var expected = Enumerable.Range(0, Plane).SelectMany(p => Enumerable.Range(0, 3).Select(c => Value(index, p, c))).ToArray();
        Assert.True(image.Pixels.Span.SequenceEqual(expected));
    }
}
