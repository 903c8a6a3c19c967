using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class Stl10Tests : IDisposable
{
    private const int Side = 96, Plane = Side * Side;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Planes_go_column_by_column()
    {
        Write("train", 2, labels: [1, 10]);
        var image = new Stl10("stl10:train", _folder.Path, "train").Read(1);
        Assert.Equal((Side, Side), (image.Width, image.Height));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                for (var c = 0; c < 3; c++) Assert.Equal(Value(1, c, x, y), image.Pixels.Span[(y * Side + x) * 3 + c]);
            }
        }
    }

    [Fact]
    public void Labels_count_from_1_in_the_file_and_from_0_here()
    {
        Write("test", 3, labels: [1, 10, 4]);
        var data = new Stl10("s", _folder.Path, "test");
        Assert.Equal([0, 9, 3], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
        Assert.Equal("airplane", data.Classes[0]);
        Assert.Equal("s/000002", data.ItemName(2));
    }

    [Fact]
    public void Class_names_are_read_where_they_are()
    {
        Write("test", 1, labels: [1]);
        File.WriteAllText(_folder["class_names.txt"], string.Join('\n', Enumerable.Range(0, 10).Select(i => $"n{i}")) + "\n");
        Assert.Equal("n9", new Stl10("s", _folder.Path, "test").Classes[^1]);
    }

    [Fact]
    public void Unlabeled_images_have_no_label()
    {
        Write("unlabeled", 2);
        var data = new Stl10("s", _folder.Path, "unlabeled");
        Assert.Equal((2, 0, (int?)null), (data.Count, data.Classes.Count, data.Label(1)));
    }

    [Fact]
    public void Train_and_unlabeled_are_one_dataset_without_labels()
    {
        Write("train", 2, labels: [1, 2]);
        Write("unlabeled", 3, first: 2);
        var data = new Stl10("s", _folder.Path, "train+unlabeled");
        Assert.Equal((5, 0, (int?)null), (data.Count, data.Classes.Count, data.Label(0)));
        for (var i = 0; i < 5; i++) Assert.Equal(Value(i, 0, 0, 0), data.Read(i).Pixels.Span[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * Plane - 1)]
    [InlineData(3 * Plane + 1)]
    public void Another_size_is_refused(int bytes)
    {
        var file = Made.File(_folder["train_X.bin"], new byte[bytes]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => new Stl10("s", _folder.Path, "train")).Message);
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 1, 11 })]
    public void Labels_that_do_not_fit_are_refused(byte[] labels)
    {
        Write("train", 2, labels: labels);
        Assert.Contains("train_y.bin", Assert.Throws<InvalidDataException>(() => new Stl10("s", _folder.Path, "train")).Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Write("train", 1, labels: [1]);
        Assert.Contains("unlabeled_X.bin", Assert.Throws<InvalidDataException>(() => new Stl10("s", _folder.Path, "unlabeled")).Message);
    }

    private void Write(string split, int count, byte[]? labels = null, int first = 0)
    {
        var bytes = new byte[count * 3 * Plane];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = Value(first + i / (3 * Plane), i / Plane % 3, i % Plane / Side, i % Side);
        Made.File(_folder[$"{split}_X.bin"], bytes);
        if (labels is not null) Made.File(_folder[$"{split}_y.bin"], labels);
    }

    private static byte Value(int image, int plane, int x, int y) => (byte)(50 * image + 80 * plane + 2 * x + 5 * y);
}
