using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.TensorFiles;

public sealed class SafetensorsTests
{
    public static TheoryData<ScalarType> Types =>
        [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Int64, ScalarType.Int32,
            ScalarType.Byte];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_and_shape_comes_back_to_the_bit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var written = Tensors(type);
        Write(folder["a"], written);

        using var file = new SafetensorsFile(folder["a"]);
        Assert.Equal(written.Select(t => t.Name), file.Names);
        foreach (var (name, value) in written) TensorAssert.Same(value, file.Read(name), name);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_independent_reader_reads_the_same(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var written = Tensors(type);
        var answer = Oracle.Ask("as_doubles.py", written);
        Assert.Equal(written.Count, answer.Count);
        foreach (var (name, value) in written) TensorAssert.Same(value.to(ScalarType.Float64), answer[name], name);
    }

    [Fact]
    public void Any_layout_is_written_row_by_row()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var x = arange(120, ScalarType.Float32).reshape(2, 3, 4, 5);
        var channelsLast = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Write(folder["a"], [("transposed", x.reshape(6, 20).t()), ("narrowed", x.narrow(1, 1, 2)), ("last", channelsLast),
            ("needs_grad", x.clone().requires_grad_())]);

        using var file = new SafetensorsFile(folder["a"]);
        TensorAssert.Same(x.reshape(6, 20).t(), file.Read("transposed"), "transposed");
        TensorAssert.Same(x.narrow(1, 1, 2), file.Read("narrowed"), "narrowed");
        TensorAssert.Same(x, file.Read("last"), "last");
        TensorAssert.Same(x, file.Read("needs_grad"), "needs_grad");
    }

    [Fact]
    public void Metadata_and_names_may_be_any_text()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["τ"] = "0.996 \"quoted\"\nline", [""] = "" };
        Write(folder["a"], [("ε/β \"x\"", ones(2)), ("", zeros(1))], metadata);
        using var file = new SafetensorsFile(folder["a"]);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(["ε/β \"x\"", ""], file.Names);
    }

    [Fact]
    public void A_file_without_tensors_is_sound()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a"], []);
        using var file = new SafetensorsFile(folder["a"]);
        Assert.Empty(file.Names);
    }

    // Readers map the data: it begins at a multiple of 8.
    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcdef")]
    public void The_data_is_aligned(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Write(folder["a"], [(name, ones(2, ScalarType.Float64))]);
        Assert.Equal(0, (new FileInfo(folder["a"]).Length - 16) % 8);
    }

    [Fact]
    public void Copying_changes_type_and_layout_but_no_shape()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var x = arange(24, ScalarType.Float32).reshape(1, 2, 3, 4);
        Write(folder["a"], [("x", x)]);
        using var file = new SafetensorsFile(folder["a"]);

        var destination = zeros(1, 3, 4, 2).permute(0, 3, 1, 2);
        file.CopyTo("x", destination);
        TensorAssert.Same(x, destination, "x");
        var e = Assert.Throws<InvalidDataException>(() => file.CopyTo("x", zeros(2, 12)));
        Assert.Contains("tensor x has shape [1,2,3,4] where [2,12] is needed", e.Message, StringComparison.Ordinal);
        Assert.Contains("no tensor y", Assert.Throws<InvalidDataException>(() => file.Read("y")).Message, StringComparison.Ordinal);
    }

    private static List<(string Name, Tensor Value)> Tensors(ScalarType type) =>
    [
        ("matrix", (arange(24, ScalarType.Float32) * 3.25 + 0.5).reshape(4, 6).to(type)),
        ("scalar", tensor(42.5f).to(type)),
        ("empty", zeros([0], type)),
        ("empty_matrix", zeros([3, 0, 2], type)),
        ("five", arange(5, ScalarType.Float32).to(type)),
    ];

    private static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, Dictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Safetensors.Write(stream, tensors, metadata ?? []);
    }
}
