using Byol.Export;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Tests.Export;

/// <summary>PyTorch reads what we write, and we read what PyTorch writes: the same features either way.</summary>
public sealed class TorchFilesTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(18, "net.pt")]
    [InlineData(50, "net.pt")]
    [InlineData(18, "net.safetensors")]
    [InlineData(50, "net.safetensors")]
    public void Our_files_load_into_torchvisions_networks_strictly_but_for_the_classifier(int depth, string file)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(new EncoderOptions { Depth = depth }, weights);
        network.forward(Images());   // statistics of its own
        network.eval();
        using (var stream = File.Create(folder[file]))
        {
            if (file.EndsWith(".pt", StringComparison.Ordinal)) EncoderFile.WritePyTorch(stream, network, Preparation.OfImageNet(224));
            else EncoderFile.Write(stream, network, Preparation.OfImageNet(224));
        }
        var answer = Oracle.Ask("torch_files.py", [("images", Images())], "load", folder[file], $"{depth}");
        TensorAssert.Close(network.forward(Images()), answer["features"], Tolerance, "features");
    }

    [Fact]
    public void Every_form_that_people_share_comes_in_with_the_same_features()
    {
        (string Kind, string Prefix, double Tolerance)[] kinds =
        [
            ("torchvision", "", Tolerance), ("legacy", "", Tolerance), ("half", "", 2e-2), ("bfloat16", "", 1e-1), ("double", "", Tolerance),
            ("parameters", "", Tolerance), ("channels-last", "", Tolerance), ("channels-last-legacy", "", Tolerance), ("one-storage", "", Tolerance),
            ("moco", "state_dict.module.encoder_q.", Tolerance), ("solo-learn", "state_dict.backbone.", Tolerance), ("lightly", "state_dict.backbone.", Tolerance),
            ("shortcut", "model.", Tolerance), ("cifar", "", Tolerance),
        ];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var answer = Oracle.Ask("torch_files.py", [("images", Images())], "save", string.Join(',', kinds.Select(k => k.Kind)), "18", folder.Path);
        foreach (var (kind, prefix, tolerance) in kinds)
        {
            using var opened = EncoderFile.Open(folder[$"{kind}.pth"], CPU);
            Assert.Equal((prefix, 100), (opened.Origin!.Prefix, opened.Origin.Used));
            Assert.Equal(kind == "cifar" ? (Stem.Small, 32) : (Stem.ImageNet, 224), (opened.Network.Options.Stem, opened.Description.Preparation.ImageSize));
            TensorAssert.Close(answer[kind], opened.Network.forward(Images()), tolerance, kind);
        }
        using var moco = EncoderFile.Open(folder["moco.pth"], CPU);
        Assert.Equal(["state_dict.module.encoder_k."], moco.Origin!.Passed);
        Assert.Contains("state_dict.module.encoder_q.fc.weight", moco.Origin.Unused);
        Assert.DoesNotContain(moco.Origin.Unused, n => n.Contains("num_batches_tracked", StringComparison.Ordinal));
    }

    [Fact]
    public void Bottlenecks_come_in_too()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var answer = Oracle.Ask("torch_files.py", [("images", Images())], "save", "lightly", "50", folder.Path);
        using var opened = EncoderFile.Open(folder["lightly.pth"], CPU);
        Assert.Equal(50, opened.Network.Options.Depth);
        TensorAssert.Close(answer["lightly"], opened.Network.forward(Images()), Tolerance, "features");
    }

    [Fact]
    public void What_the_file_does_not_say_may_be_said()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var options = new EncoderOptions { Depth = 34, Width = 0.125, Stem = Stem.SmallStride2 };
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(options, weights);
        using (var stream = File.Create(folder["e.safetensors"])) Safetensors.Write(stream, [.. EncoderFile.Tensors(network)], new Dictionary<string, string>());
        var preparation = new Preparation(20, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);
        using var opened = EncoderFile.Open(folder["e.safetensors"], CPU, new EncoderDescription(options, preparation));
        Assert.Equal((options, preparation), (opened.Network.Options, opened.Description.Preparation));
        using var assumed = EncoderFile.Open(folder["e.safetensors"], CPU);
        Assert.Equal((Stem.Small, 32), (assumed.Network.Options.Stem, assumed.Description.Preparation.ImageSize));
        TensorAssert.Unchanged(TensorAssert.Snapshot(EncoderFile.Tensors(network)), EncoderFile.Tensors(opened.Network));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(34)]
    [InlineData(50)]
    [InlineData(101)]
    [InlineData(152)]
    [InlineData(200)]
    public void Every_depth_and_width_is_known_by_its_shapes(int depth)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var options = new EncoderOptions { Depth = depth, Width = 1.0 / 16 };
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(options, weights);
        Assert.Equal(EncoderFile.Tensors(network).Select(t => $"{t.Name} [{string.Join(',', t.Value.shape)}]").Order(StringComparer.Ordinal),
            ResNetShapes.Of(options).Select(t => $"{t.Name} [{string.Join(',', t.Shape)}]").Order(StringComparer.Ordinal));
        using (var stream = File.Create(folder["e.pt"])) TorchWriter.Write(stream, [.. EncoderFile.Tensors(network)], new Dictionary<string, string>());
        using var opened = EncoderFile.Open(folder["e.pt"], CPU);
        Assert.Equal(options, opened.Network.Options);
    }

    private static Tensor Images()
    {
        using var random = new Generator(3);
        return randn([4, 3, 64, 64], generator: random);
    }
}
