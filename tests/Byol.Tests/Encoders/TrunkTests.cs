using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>A file is read as a ResNet only if it holds that and nothing else that computes features.</summary>
public sealed class TrunkTests : IDisposable
{
    private static readonly ResNetOptions Options = new() { Depth = 18, Width = 0.0625, Stem = Stem.ImageNet };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("conv1.bias")]
    [InlineData("bn1.scale")]
    [InlineData("layer1.0.conv1.bias")]
    [InlineData("layer1.0.se.fc.0.weight")]             // squeeze and excitation, whatever its parts are called
    [InlineData("layer2.1.fc1.weight")]
    [InlineData("layer3.0.head.weight")]
    [InlineData("layer1.0.bn3.weight")]
    [InlineData("layer1.7.conv2.weight")]
    [InlineData("layer4.2.bn1.weight")]
    [InlineData("layer5.0.conv1.weight")]
    [InlineData("layer2.0.downsample.2.weight")]
    [InlineData("layer1.0.downsample.0.weight")]        // where the shortcut is the identity
    [InlineData("maxpool.1.filt")]                      // of networks against aliasing
    [InlineData("attnpool.q_proj.weight")]              // of CLIP
    [InlineData("conv2.weight")]
    [InlineData("norm.weight")]
    public void What_the_network_does_not_compute_with_is_refused_by_name(string name)
    {
        foreach (var (prefix, described) in ((string, bool)[])[("", false), ("", true), ("state_dict.backbone.", false)])
        {
            var message = Refusal(Write(prefix, described, [prefix + name]));
            Assert.Contains($"is not a plain ResNet-18 of width 0.0625: {prefix}{name} belongs to the trunk and cannot be used", message);
            Assert.Contains("use one of torchvision's kind", message);
        }
    }

    [Theory]
    [InlineData("0.bias")]
    [InlineData("2.weight")]                            // a ReLU has none
    [InlineData("4.0.se.fc.weight")]
    [InlineData("8.0.conv1.weight")]                    // a fifth stage
    public void So_it_is_under_the_numbers_of_a_Sequential(string name) =>
        Assert.Contains($"backbone.{name} belongs to the trunk", Refusal(Write("backbone.", false, [$"backbone.{name}"], Numbered)));

    [Theory]
    [InlineData("fc.weight", "fc.2.weight", "queue", "queue_ptr")]                                    // MoCo
    [InlineData("projector.0.weight", "predictor.0.weight", "classifier.weight", "prototypes.weight")]
    [InlineData("projection_head.layers.0.weight", "prediction_head.0.weight", "projectionHead.weight")]
    [InlineData("last_linear.weight", "head.mlp.0.weight", "online_classifier.bias", "logits.weight", "FC.weight")]
    [InlineData("momentum_backbone.conv1.weight", "target_encoder.layer1.0.se.weight", "ema.conv1.weight", "optimizer.state.0")]
    [InlineData("num_batches_tracked", "layer1.0.se.bn.num_batches_tracked")]
    [InlineData("encoder_k.conv1.weight", "encoder_k.layer1.0.conv1.weight", "encoder_k.layer1.0.se.weight")]
    public void Heads_copies_and_counters_may_be_left_out(params string[] names)
    {
        foreach (var prefix in (string[])["", "model."])
        {
            using var opened = EncoderFile.Open(Write(prefix, false, [.. names.Select(n => prefix + n)]), CPU);
            Assert.Equal((prefix, 100), (opened.Origin!.Prefix, opened.Origin.Used));
        }
    }

    [Fact]
    public void The_classifier_behind_a_Sequential_may_be_left_out()
    {
        using var opened = EncoderFile.Open(Write("", false, ["9.weight", "9.bias", "10.0.weight"], Numbered), CPU);
        Assert.Equal(["10.0.weight", "9.bias", "9.weight"], opened.Origin!.Unused.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bn1.weight", "it has no tensor backbone.bn1.weight; use another encoder")]
    [InlineData("layer3.1.bn2.running_mean", "it has no tensor backbone.layer3.1.bn2.running_mean; use another encoder")]
    public void What_is_missing_is_named(string name, string words) =>
        Assert.Contains(words, Refusal(Write("backbone.", false, [], n => n == name ? null : n)));

    // ResNet-D averages before the projection, which so stands one place further.
    [Fact]
    public void A_projection_in_another_place_says_what_is_there_instead()
    {
        var message = Refusal(Write("", false, [], n => n.Replace("downsample.1", "downsample.2").Replace("downsample.0", "downsample.1")));
        Assert.Contains("it has no tensor layer2.0.downsample.0.weight, ", message);
        Assert.Contains(" and 9 more and has layer2.0.downsample.2.weight, ", message);
    }

    private static string Numbered(string name) => name
        .Replace("layer", "", StringComparison.Ordinal) is var rest && int.TryParse(rest[..1], out var stage) ? $"{stage + 3}{rest[1..]}"
        : name.Replace("conv1.", "0.", StringComparison.Ordinal).Replace("bn1.", "1.", StringComparison.Ordinal);

    private static string Refusal(string path)
    {
        var message = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(path, CPU)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private string Write(string prefix, bool described, IEnumerable<string> others, Func<string, string?>? rename = null)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(Options, weights);
        List<(string, Tensor)> tensors = [.. EncoderFile.Tensors(network)
            .Select(t => (Name: rename is null ? t.Name : rename(t.Name), t.Value)).Where(t => t.Name is not null)
            .Select(t => (prefix + t.Name, t.Value)), .. others.Select(n => (n, ones(2, 2)))];
        var description = new EncoderDescription(Options, Preprocessing.OfImageNet(32));
        using var stream = File.Create(_folder["e"]);
        Safetensors.Write(stream, tensors, described ? description.ToMetadata() : []);
        return _folder["e"];
    }
}
