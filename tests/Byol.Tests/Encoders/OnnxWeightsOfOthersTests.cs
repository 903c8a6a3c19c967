using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles.Onnx;
using Byol.Tests.Export;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>Residual networks in ONNX graphs of others become ours: the same features as ONNX Runtime computes from the same
/// file.</summary>
public sealed class OnnxWeightsOfOthersTests : IDisposable
{
    private const int Size = 64;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Forms =>
        ["plain", "shortcut first", "trimmed pads", "biased", "epsilon", "bgr", "identities", "normalizes", "classifies", "bottlenecks",
            "small", "small2"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_gives_the_features_of_ONNX_Runtime(string form)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var options = form switch
        {
            "bottlenecks" => ResNetOptions.WithBlocks([1, 2, 1, 1], true, 0.125, Stem.ImageNet),
            "small" => new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small },
            "small2" => new ResNetOptions { Depth = 34, Width = 0.125, Stem = Stem.SmallStride2 },
            _ => new ResNetOptions { Depth = 18, Width = 0.125, Blocks = [2, 2, 2, 3] },
        };
        var made = new UnfoldedResNet(Network(options))
        {
            ShortcutFirst = form == "shortcut first", TrimsPads = form == "trimmed pads", Biased = form == "biased",
            Epsilon = form == "epsilon" ? 2e-3f : 1e-5f, Bgr255 = form == "bgr", Identities = form == "identities",
            Normalizes = form == "normalizes" ? (new[] { 0.4f, 0.5f, 0.6f }, new[] { 0.2f, 0.3f, 0.4f }) : null,
            Classifies = form == "classifies",
        };
        var path = made.Write(_folder["x.onnx"], "n", Size);
        var input = form switch
        {
            "bgr" => ModelInput.MlNet,
            "normalizes" => new ModelInput(),
            _ => ModelInput.ImageNet,
        };
        using var file = new ForeignOnnxResNet(OnnxModel.Parse(path, File.ReadAllBytes(path)), input);
        using var opened = file.Open(file.Preprocessing, CPU);

        Assert.Equal(options, opened.Description.Architecture);
        Assert.False(file.IsFolded);
        Assert.Equal(Size, opened.Description.Preprocessing.ImageSize);
        TensorAssert.Close(Runtime(path, "data", Given(input)), Ours(opened), 1e-5, form);
        if (form != "plain") return;
        foreach (var (name, value) in EncoderFile.Tensors(made.Network))
            TensorAssert.Same(value, EncoderFile.Tensors(opened.Network).First(t => t.Name == name).Value, name);
    }

    [Fact]
    public void Weights_beside_the_model_are_read_and_from_nowhere_else()
    {
        using var scope = NewDisposeScope();
        var network = Network(new ResNetOptions { Depth = 18, Width = 0.0625 });
        var path = new UnfoldedResNet(network).Write(_folder["x.onnx"], "n", Size);
        var model = OnnxModel.Parse(path, File.ReadAllBytes(path));
        var constant = model.Constants.Values.First(c => c.Shape.Count == 4);
        var expected = constant.Read();
        File.WriteAllBytes(_folder["x.data"], [1, 2, 3, .. TensorAssert.Bytes(expected)]);
        foreach (var (location, length, offset, fault) in ((string, long, long, string?)[])
        [
            ("x.data", constant.Elements * 4, 3, null), ("x.data", constant.Elements * 4, 4, "ends before tensor"),
            ("x.data", 5, 3, "has 5 bytes where its shape"), ("../x.data", constant.Elements * 4, 3, "is not beside the model"),
            ("none.data", constant.Elements * 4, 3, "is not beside the model"),
        ])
        {
            var tensor = OnnxTensor.Parse(path, External(constant, location, length, offset));
            if (fault is null) TensorAssert.Same(expected, tensor.Read(), "external");
            else Assert.Contains(fault, Assert.Throws<InvalidDataException>(tensor.Read).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_networks_are_refused_and_the_message_says_where_they_are_other()
    {
        using var scope = NewDisposeScope();
        var plain = new UnfoldedResNet(Network(new ResNetOptions { Depth = 18, Width = 0.0625 }));
        Refuses(plain with { Activation = "Sigmoid" }, "has Sigmoid behind v", "where Relu is needed");
        Refuses(plain with { Pooling = "GlobalMaxPool" }, "has GlobalMaxPool behind its last block");
        Refuses(plain with { TwoInputs = true }, "has 2 inputs where one image is needed");
        Refuses(plain with { Fault = ("layer2.0.conv1", "pads", new[] { 0L, 0, 1, 1 }) },
            "where layer2.0.conv1 is needed, which has stride 2");
        Refuses(plain with { Fault = ("layer3.0.conv1", "strides", new[] { 1L, 1 }) }, "where layer3.0.conv1 is needed");
        Refuses(plain with { Fault = ("conv1", "strides", new[] { 4L, 4 }) }, "an entry of another kind");
        Refuses(plain with { Normalizes = (new[] { 0f, 0, 0 }, new[] { 1f, -1, 1 }) }, "does something else to the image");
    }

    [Fact]
    public void A_model_cut_anywhere_is_refused_or_read_but_nothing_else()
    {
        using var scope = NewDisposeScope();
        var path = new UnfoldedResNet(Network(new ResNetOptions { Depth = 18, Width = 0.0625 })).Write(_folder["x.onnx"], "n", Size);
        var bytes = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var damaged = bytes.ToArray();
            if (i % 3 == 0) damaged = damaged[..random.Next(damaged.Length)];
            var most = i % 2 == 0 ? 3000 : damaged.Length;
            for (var n = 0; i % 3 != 0 && n < i % 7 + 1; n++) damaged[random.Next(most)] = (byte)random.Next(256);
            try
            {
                using var file = new ForeignOnnxResNet(OnnxModel.Parse(path, damaged), ModelInput.ImageNet);
                using var opened = file.Open(file.Preprocessing, CPU);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    private void Refuses(UnfoldedResNet made, params string[] words)
    {
        var path = (made with { }).Write(_folder[$"{Guid.NewGuid()}.onnx"], "n", Size);
        var e = Assert.Throws<InvalidDataException>(() => new ForeignOnnxResNet(OnnxModel.Parse(path, File.ReadAllBytes(path)),
            ModelInput.ImageNet));
        Assert.All(words, w => Assert.Contains(w, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', e.Message);
    }

    private static byte[] External(OnnxTensor like, string location, long length, long offset)
    {
        var message = new Byol.Export.ProtoMessage();
        foreach (var d in like.Shape) message.Add(1, d);
        message.Add(2, 1).Add(8, "external");
        foreach (var (key, value) in ((string, string)[])[("location", location), ("length", $"{length}"), ("offset", $"{offset}")])
            message.Add(13, new Byol.Export.ProtoMessage().Add(1, key).Add(2, value));
        using var memory = new MemoryStream();
        using (var output = new Google.Protobuf.CodedOutputStream(memory, leaveOpen: true)) message.WriteTo(output);
        return memory.ToArray();
    }

    private static Tensor Images()
    {
        using var random = new Generator(3);
        return rand([4, 3, Size, Size], generator: random);
    }

    // As a user of the model would prepare it, in a few lines.
    private static Tensor Given(ModelInput input)
    {
        var x = Images() * input.Scale;
        x = (x - PerChannel(input.Mean)) / PerChannel(input.StandardDeviation);
        return input.Color == ColorOrder.Bgr ? x.flip(1) : x;
    }

    private static Tensor Ours(OpenedEncoder opened)
    {
        var preprocessing = opened.Description.Preprocessing;
        return opened.Network.forward((Images() - PerChannel(preprocessing.Mean)) / PerChannel(preprocessing.StandardDeviation));
    }

    private static Tensor PerChannel(IReadOnlyList<double> values) => tensor(values.Select(v => (float)v).ToArray()).reshape(1, 3, 1, 1);

    private static Tensor Runtime(string path, string input, Tensor images)
    {
        using var session = new InferenceSession(path);
        using var value = OrtValue.CreateTensorValueFromMemory(TensorAssert.Floats(images), images.shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [input], [value], ["features"]);
        return tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray()).reshape(images.shape[0], -1);
    }

    // Statistics and weights of its own: untouched ones would hide a mistake.
    private static ResNet Network(ResNetOptions options)
    {
        using var _ = no_grad();
        using var weights = new WeightSource(3, CPU);
        using var random = new Generator(5);
        var network = new ResNet(options, weights);
        foreach (var (name, value) in EncoderFile.Tensors(network).Where(t => t.Value.dim() == 1))
            value.copy_(rand(value.shape, generator: random) * 0.5 + (name.EndsWith("weight") || name.EndsWith("var") ? 0.5 : -0.25));
        network.eval();
        return network;
    }
}
