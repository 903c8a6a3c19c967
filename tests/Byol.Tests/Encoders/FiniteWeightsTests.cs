using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.OnnxRuntime;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>Weights that are not finite are refused where they are read, by the tensor's name, in every format.</summary>
public sealed class FiniteWeightsTests : IDisposable
{
    private static readonly Preprocessing Prepared = new(16, 1, [0, 0, 0], [1, 1, 1]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double, string> Faults => new()
    {
        { "conv1.weight", double.NaN, "holds NaN" }, { "layer4.1.bn2.bias", double.PositiveInfinity, "holds Infinity" },
        { "layer2.0.downsample.1.running_mean", double.NegativeInfinity, "holds -Infinity" },
        { "bn1.running_var", double.NaN, "holds NaN" },
        { "layer1.0.bn1.running_var", -1e-3, "holds -0.001; weights must be finite numbers and variances not negative" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_format_of_weights_is_refused(string tensor, double value, string words)
    {
        using var network = Network(tensor, value);
        Write("e.safetensors", stream => EncoderWriter.Write(stream, network, network.Described(Prepared)));
        Write("e.pt", stream => EncoderWriter.WritePyTorch(stream, network, network.Described(Prepared)));
        List<(string, Tensor)> foreign = [.. EncoderFile.Tensors(network).Select(t => ($"backbone.{t.Name}", t.Value))];
        Write("foreign.safetensors", stream => Safetensors.Write(stream, foreign, new Dictionary<string, string>()));
        Write("foreign.pth", stream => TorchWriter.Write(stream, foreign, new Dictionary<string, string>()));
        Refuses("e.safetensors", tensor);
        Refuses("e.pt", tensor);
        Refuses("foreign.safetensors", $"backbone.{tensor}");
        Refuses("foreign.pth", $"backbone.{tensor}");

        void Refuses(string file, string name)
        {
            var message = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(_folder[file], CPU)).Message;
            Assert.Contains($"{_folder[file]}: tensor {name} {words}", message);
            Assert.Contains("use a checkpoint from before training diverged", message);
        }
    }

    // 1e300 is finite, and is not in fp32.
    [Fact]
    public void What_fp32_cannot_hold_is_refused_too()
    {
        using var scope = NewDisposeScope();
        using var network = Network("conv1.weight", 1);
        var tensors = EncoderFile.Tensors(network).Select(t => (t.Name, Value: t.Value.to(ScalarType.Float64))).ToList();
        using (no_grad()) tensors[0].Value.fill_(1e300);
        Write("e.safetensors", stream => Safetensors.Write(stream, tensors, new Dictionary<string, string>()));
        Assert.Contains("tensor conv1.weight holds Infinity",
            Assert.Throws<InvalidDataException>(() => EncoderFile.Open(_folder["e.safetensors"], CPU)).Message);
    }

    // ONNX Runtime would run them, and some of its kernels make 0 of NaN.
    [Theory]
    [InlineData("layer1.0.conv1.weight", double.NaN, "layer1.0.conv1.weight holds NaN")]
    [InlineData("layer1.0.bn2.bias", double.NegativeInfinity, "layer1.0.conv2.bias holds -Infinity")]   // BatchNorm is folded
    public void An_ONNX_model_is_refused(string tensor, double value, string words)
    {
        using var network = Network(tensor, value);
        var description = new EncoderDescription(network.Options(), Prepared);
        Write("e.onnx", stream => OnnxWriter.Write(stream, network, description));
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => OnnxEncoder.Open(_folder["e.onnx"])).Message);
    }

    // What ONNX Runtime refuses must end here too, and not in a loop or outside the memory.
    [Fact]
    public void A_model_that_is_cut_or_changed_ends_in_one_of_two_ways()
    {
        using var network = Network("conv1.weight", 1);
        using var stream = new MemoryStream();
        OnnxWriter.Write(stream, network, new EncoderDescription(network.Options(), Prepared));
        var model = stream.ToArray();
        OnnxWeights.RequireFinite("whole", model);
        var random = new Random(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var length = random.Next(trial % 2 == 0 ? 4000 : model.Length);
            var cut = model.AsSpan(0, length).ToArray();
            var begin = cut.AsSpan(0, Math.Min(length, 4000));   // where most of the structure is
            for (var change = 0; change < trial % 5 && length > 0; change++) begin[random.Next(begin.Length)] = (byte)random.Next(256);
            try
            {
                OnnxWeights.RequireFinite("cut", cut);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("cut", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private void Write(string file, Action<Stream> write)
    {
        using var stream = File.Create(_folder[file]);
        write(stream);
    }

    // One value at fault among thousands, not the first.
    private static ResNet Network(string name, double value)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(3, CPU);
        var network = new ResNet(new ResNetOptions { Depth = 18, Width = 0.0625, Stem = Stem.Small }, weights);
        EncoderFile.Tensors(network).Single(t => t.Name == name).Value.flatten().narrow(0, 1, 1).fill_(value);
        return network;
    }
}
