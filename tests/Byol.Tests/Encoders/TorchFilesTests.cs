using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>PyTorch reads what we write, and we read what PyTorch writes: the same features either way.</summary>
public sealed class TorchFilesTests
{
    private const double Tolerance = 1e-4;

    [Fact]
    public void Our_files_load_into_torchvisions_networks_strictly_but_for_the_classifier()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var expected = new Dictionary<string, Tensor>();
        foreach (var depth in (int[])[18, 50])
        {
            using var weights = new WeightSource(3, CPU);
            using var network = new ResNet(new ResNetOptions { Depth = depth }, weights);
            network.forward(Images());   // statistics of its own
            network.eval();
            foreach (var file in (string[])[folder[$"{depth}.pt"], folder[$"{depth}.safetensors"]])
            {
                using var stream = File.Create(file);
                var description = network.Described(Preprocessing.OfImageNet(224));
                if (file.EndsWith(".pt", StringComparison.Ordinal)) EncoderWriter.WritePyTorch(stream, network, description);
                else EncoderWriter.Write(stream, network, description);
                expected[$"{file}:{depth}"] = network.forward(Images());
            }
        }
        var answer = Oracle.Ask("torch_files.py", [("images", Images())], ["load", .. expected.Keys]);
        foreach (var (file, features) in expected) TensorAssert.Close(features, answer[file[..file.LastIndexOf(':')]], Tolerance, file);
    }

    [Fact]
    public void Every_form_that_people_share_comes_in_with_the_same_features()
    {
        (string Form, string Prefix, double Tolerance)[] forms =
        [
            ("torchvision:18", "", Tolerance), ("legacy:18", "", Tolerance), ("half:18", "", 2e-2), ("bfloat16:18", "", 1e-1),
            ("double:18", "", Tolerance), ("parameters:18", "", Tolerance), ("channels-last:18", "", Tolerance),
            ("channels-last-legacy:18", "", Tolerance), ("one-storage:18", "", Tolerance),
            ("moco:18", "state_dict.module.encoder_q.", Tolerance),
            ("solo-learn:18", "state_dict.backbone.", Tolerance), ("lightly:18", "state_dict.backbone.", Tolerance),
            ("shortcut:18", "model.", Tolerance), ("cifar:18", "", Tolerance), ("torchvision:50", "", Tolerance),
            ("lightly:50", "state_dict.backbone.", Tolerance),
        ];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var answer = Oracle.Ask("torch_files.py", [("images", Images())], ["save", folder.Path, .. forms.Select(f => f.Form)]);
        foreach (var (form, prefix, tolerance) in forms)
        {
            var name = form.Replace(':', '-');
            using var opened = EncoderFile.Open(folder[$"{name}.pth"], CPU);
            var options = opened.Description.Architecture.AsResNet();
            Assert.Equal((prefix, form.EndsWith("50", StringComparison.Ordinal) ? 50 : 18), (opened.Origin!.Prefix, options.Depth));
            Assert.Equal(EncoderFile.Tensors(opened.Network).Count(), opened.Origin.Used);
            Assert.Equal(form == "cifar:18" ? (Stem.Small, 32)
                : (Stem.ImageNet, 224), (options.Stem, opened.Description.Preprocessing.ImageSize));
            TensorAssert.Close(answer[name], opened.Network.forward(Images()), tolerance, form);
        }
        using var moco = EncoderFile.Open(folder["moco-18.pth"], CPU);
        Assert.Equal(["state_dict.module.encoder_k."], moco.Origin!.Passed);
        Assert.Contains("state_dict.module.encoder_q.fc.weight", moco.Origin.Unused);
        Assert.DoesNotContain(moco.Origin.Unused, n => n.Contains("num_batches_tracked", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_file_does_not_say_may_be_said()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var options = new ResNetOptions { Depth = 34, Width = 0.125, Stem = Stem.SmallStride2 };
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(options, weights);
        using (var stream = File.Create(folder["e.safetensors"])) Safetensors.Write(stream, [.. EncoderFile.Tensors(network)],
            new Dictionary<string, string>());
        var preprocessing = new Preprocessing(20, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);
        using var opened = EncoderFile.Open(folder["e.safetensors"], CPU, new EncoderDescription(options, preprocessing));
        Assert.Equal((options, preprocessing), (opened.Description.Architecture, opened.Description.Preprocessing));
        using var assumed = EncoderFile.Open(folder["e.safetensors"], CPU);
        Assert.Equal((Stem.Small, 32), (assumed.Description.Architecture.AsResNet().Stem, assumed.Description.Preprocessing.ImageSize));
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
        var options = new ResNetOptions { Depth = depth, Width = 1.0 / 16 };
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(options, weights);
        Assert.Equal(EncoderFile.Tensors(network).Select(t => $"{t.Name} [{string.Join(',', t.Value.shape)}]")
            .Order(StringComparer.Ordinal),
            ResNetShapes.Of(ResNetPlan.Of(options)).Select(t => $"{t.Name} [{string.Join(',', t.Shape)}]").Order(StringComparer.Ordinal));
        using (var stream = File.Create(folder["e.pt"])) TorchWriter.Write(stream, [.. EncoderFile.Tensors(network)],
            new Dictionary<string, string>());
        using var opened = EncoderFile.Open(folder["e.pt"], CPU);
        Assert.Equal(options, opened.Description.Architecture);
    }

    private static Tensor Images()
    {
        using var random = new Generator(3);
        return randn([4, 3, 64, 64], generator: random);
    }
}
