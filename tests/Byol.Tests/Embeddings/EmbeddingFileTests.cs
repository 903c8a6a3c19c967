using System.Globalization;
using System.Text;
using Byol.Embeddings;
using static TorchSharp.torch;

namespace Byol.Tests.Embeddings;

/// <summary>Embeddings come back from each kind of file as they went in, and damaged files are refused in one line.</summary>
public sealed class EmbeddingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly EmbeddedImage[] Images =
    [
        new("a/1.png", "a"), new("b, \"quoted\"\nand broken.png", "b,c"), new("ünïcode 図.jpg", null), new("=1+1", ""), new(" spaces ", "d")
    ];

    [Theory]
    [InlineData(".npy", 3)]
    [InlineData(".csv", 3)]
    [InlineData(".parquet", 3)]
    [InlineData(".npy", 1)]
    [InlineData(".parquet", 300_000)]
    public void Values_names_and_labels_come_back_bit_for_bit(string extension, int dimension)
    {
        var values = Values(5, dimension);
        var path = Write(extension, dimension, values);
        using var set = EmbeddingFile.Read(path);
        Assert.Equal([5, dimension], set.Values.shape);
        Assert.Equal(values, TensorAssert.Floats(set.Values));
        Assert.Equal(Images.Select(i => (i.Name, i.Label)), set.Images.Select(i => (i.Name, i.Label)));
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public void A_file_that_is_not_complete_is_none_and_an_old_one_stays(string extension)
    {
        var path = Write(extension, 2, Values(5, 2));
        var before = File.ReadAllBytes(path);
        using (var writer = EmbeddingFile.Create(path, 2)) writer.Write(Values(5, 2), Images);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(extension == ".npy" ? 2 : 1, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void NumPy_reads_the_array()
    {
        var path = Write(".npy", 3, Values(5, 3));
        using var scope = NewDisposeScope();
        var answer = Oracle.Ask("npy.py", [], path);
        Assert.Equal(Values(5, 3), TensorAssert.Floats(answer["array"]));
    }

    [Theory]
    [InlineData(".npy", "it is not an .npy file of version 1.0")]
    [InlineData(".csv", "it is empty")]
    [InlineData(".parquet", "")]
    public void An_empty_file_is_refused(string extension, string why) => Refuses(Made.File(_folder["x" + extension], []), why);

    [Theory]
    [InlineData("name,label,e0\na,b", "record 2 has 2 fields of 3")]
    [InlineData("name,label,e0\na,b,1e", "1e in record 2 is not a number")]
    [InlineData("name,label,e0\n\"a,b,1", "a quote is not closed")]
    [InlineData("name,label,e0\n\"a\"x,b,1", "a quote is followed by more")]
    [InlineData("a,b,c\n", "its columns must be name, label, e0, e1")]
    [InlineData("name,label,e0\n", "holds no embedding")]
    public void A_broken_table_is_refused(string text, string why) => Refuses(Made.File(_folder["x.csv"], Made.Text(text)), why);

    [Theory]
    [InlineData("'shape': (5, 3)", "'shape': (9, 3)", "its size does not fit its shape of 9 x 3")]
    [InlineData("'shape': (5, 3)", "'shape': (5, 0)", "two dimensions")]
    [InlineData("'shape': (5, 3), ", "'shape': (5, 3, 1), ", "two dimensions")]
    [InlineData("'<f4'", "'|O' ", "fp32")]
    [InlineData("'shape': (5, 3), } ", "'shape': (9223372036854775807, 3), } ", "its size does not fit")]
    public void A_hostile_array_is_refused(string part, string other, string why)
    {
        var path = Write(".npy", 3, Values(5, 3));
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        var header = text[..128].Replace(part, other, StringComparison.Ordinal).TrimEnd('\n').TrimEnd().PadRight(127) + '\n';
        Refuses(Made.File(path, Encoding.Latin1.GetBytes(header + text[128..])), why);
    }

    [Fact]
    public void An_array_without_its_names_is_refused()
    {
        var path = Write(".npy", 3, Values(5, 3));
        File.WriteAllText(_folder["x.names.csv"], "name,label\na,b\n");
        Refuses(path, "names 1 images");
        File.Delete(_folder["x.names.csv"]);
        Refuses(path, "does not exist");
    }

    [Fact]
    public void A_truncated_Parquet_is_refused()
    {
        var path = Write(".parquet", 3, Values(5, 3));
        Refuses(Made.File(path, File.ReadAllBytes(path)[..^20]), "cannot be used as embeddings");
    }

    [Fact]
    public void Other_endings_are_refused()
    {
        Assert.Contains("must end in .npy or .csv or .parquet",
            Assert.Throws<ArgumentException>(() => EmbeddingFile.Create(_folder["x.txt"], 2)).Message);
        Assert.Contains("do not exist", Assert.Throws<ArgumentException>(() => EmbeddingFile.Read(_folder["x.npy"])).Message);
    }

    [Theory]
    [InlineData(".npy", float.NaN)]
    [InlineData(".csv", float.NaN)]
    [InlineData(".parquet", float.NaN)]
    [InlineData(".npy", float.PositiveInfinity)]
    [InlineData(".csv", float.NegativeInfinity)]
    [InlineData(".parquet", float.PositiveInfinity)]
    public void An_embedding_that_is_not_finite_is_refused_by_its_image(string extension, float value)
    {
        var values = Values(5, 3);
        values[8] = value;
        Refuses(Write(extension, 3, values), string.Create(CultureInfo.InvariantCulture, $"row 2, of ünïcode 図.jpg, holds {value}"));
    }

    // Squares of these leave what fp32 holds.
    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Lengths_become_one_however_large_or_small_they_are(float scale)
    {
        using var set = new EmbeddingSet(tensor(new float[] { 3 * scale, -4 * scale }).reshape(1, 2), [new("a", null)]);
        Assert.Equal([0.6f, -0.8f], TensorAssert.Floats(set.Normalize().Values), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Lengths_become_one_and_zeros_stay()
    {
        using var set = new EmbeddingSet(tensor(new float[] { 3, 4, 0, 0 }).reshape(2, 2), [new("a", null), new("b", null)]);
        Assert.Equal([0.6f, 0.8f, 0, 0], TensorAssert.Floats(set.Normalize().Values));
        Assert.Equal([1], set.Zeros());
    }

    private static void Refuses(string path, string why)
    {
        var message = Assert.Throws<InvalidDataException>(() => EmbeddingFile.Read(path)).Message;
        Assert.Contains(why, message);
        Assert.DoesNotContain('\n', message);
    }

    private static float[] Values(int rows, int dimension) =>
        [.. Enumerable.Range(0, rows * dimension).Select(i => i % 7 == 3 ? float.Epsilon * i : MathF.Sin(i) * MathF.Pow(10, i % 9))];

    // In two calls, as batches come.
    private string Write(string extension, int dimension, float[] values)
    {
        var path = _folder["x" + extension];
        using var writer = EmbeddingFile.Create(path, dimension);
        writer.Write(values.AsSpan(0, 2 * dimension), Images[..2]);
        writer.Write(values.AsSpan(2 * dimension), Images[2..]);
        writer.Complete();
        return path;
    }
}
