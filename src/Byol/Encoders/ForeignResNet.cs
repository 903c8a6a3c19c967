using Byol.Models.ResNet;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>A residual network found among the tensors of a file that another program wrote.</summary>
/// <param name="Prefix">What stands before its names, for instance <c>state_dict.backbone.</c></param>
/// <param name="Names">Its tensors: torchvision's name to the file's.</param>
/// <param name="Passed">Prefixes of other encoders in the file, which were skipped.</param>
internal sealed record ForeignResNet(string Prefix, IReadOnlyDictionary<string, string> Names, IReadOnlyList<string> Passed)
{
    // Copies that move slowly behind the encoder: BYOL's target, MoCo's key encoder, the teachers of others.
    private static readonly string[] Followers = ["momentum", "target", "teacher", "ema", "encoder_k", "key"];

    /// <summary>Finds the encoder: what has torchvision's names behind any prefix, or the numbers that they become in
    /// <c>nn.Sequential</c>.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ForeignResNet Find(ITensorFile file)
    {
        var names = file.Names.ToHashSet(StringComparer.Ordinal);
        var prefixes = Prefixes("conv1.weight", "layer1.0.conv1.weight").Concat(Prefixes("0.weight", "4.0.conv1.weight"))
            .OrderBy(p => Followers.Any(f => p.Contains(f, StringComparison.OrdinalIgnoreCase))).ThenBy(p => p.Length)
                .ThenBy(p => p, StringComparer.Ordinal).ToList();
        if (prefixes.Count == 0)
        {
            throw new InvalidDataException(
                $"{file.Path} holds no residual network under torchvision's names (the first of its {names.Count} tensors is "
                + $"{Printable.Of(names.FirstOrDefault("none"))}); rename them to conv1.weight, layer1.0.conv1.weight and so on.");
        }
        var prefix = prefixes[0];
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) found.TryAdd(Torchvision(name[prefix.Length..]), name);
        }
        return new ForeignResNet(prefix, found, prefixes[1..]);

        IEnumerable<string> Prefixes(string first, string second) => names
            .Where(n => n == first || n.EndsWith($".{first}", StringComparison.Ordinal)).Select(n => n[..^first.Length])
                .Where(p => names.Contains(p + second));
    }

    /// <summary>Reads the encoder.</summary>
    /// <param name="file">The file.</param>
    /// <param name="device">The device for it.</param>
    /// <param name="otherwise">What the file does not say: preprocessing and stem.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network.</exception>
    public OpenedEncoder Open(ITensorFile file, Device device, EncoderDescription? otherwise)
    {
        var small = otherwise?.Architecture is ResNetOptions { Stem: Stem.SmallStride2 } ? Stem.SmallStride2 : Stem.Small;
        var options = Architecture(file, small);
        Trunk.Require(file, options, Prefix, Named, Passed);
        var (network, weights) = EncoderWeights.Read(file, options, Named, device);
        var used = EncoderFile.Tensors(network).Select(t => Names[t.Name]).ToHashSet();
        var unused = file.Names.Where(n => !used.Contains(n) && !n.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Select(Printable.Of).ToList();
        var preprocessing = otherwise?.Preprocessing ?? Preprocessing.OfImageNet(options.Stem == Stem.ImageNet ? 224 : 32);
        return new OpenedEncoder(network, new EncoderDescription(options, preprocessing) { Weights = weights })
        {
            Origin = new ForeignOrigin(Printable.Of(Prefix), used.Count, unused, [.. Passed.Select(Printable.Of)])
            {
                Assumption = options.Stem == Stem.ImageNet ? null
                    : $"the 3x3 stem is used with stride {(options.Stem == Stem.Small ? 1 : 2)} and padding 1: "
                        + "solo-learn's stem for CIFAR has padding 2, so features differ at the border",
            },
        };

        string Named(string name) => Names.GetValueOrDefault(name, Prefix + name);
    }

    /// <summary>Blocks, width and stem by the shapes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="small">The stem where the first convolution is 3x3: its stride is not in its shape.</param>
    /// <exception cref="InvalidDataException">No encoder that Byol builds has these shapes; the message says which.</exception>
    private ResNetOptions Architecture(ITensorFile file, Stem small)
    {
        var first = file.Shape(Names["conv1.weight"]);
        if (first is not [var channels and > 0, 3, 3 or 7, _] || first[3] != first[2])
        {
            throw Unknown(
                $"a first convolution of shape [{string.Join(',', first)}], where [64,3,7,7] or [64,3,3,3] times a width is needed");
        }
        var blocks = Enumerable.Range(1, 4)
            .Select(stage => Enumerable.Range(0, Names.Count).First(i => !Names.ContainsKey($"layer{stage}.{i}.conv1.weight"))).ToArray();
        var bottleneck = Names.ContainsKey("layer1.0.conv3.weight");
        if (blocks.Contains(0)) throw Unknown($"no block in stage {Array.IndexOf(blocks, 0) + 1}");
        var options = ResNetOptions.WithBlocks(blocks, bottleneck, channels / 64.0, first[2] == 7 ? Stem.ImageNet : small);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw Unknown($"another shape ({e.Message.TrimEnd('.')})");
        }
        return options;

        InvalidDataException Unknown(string how) => new($"{file.Path} has {how}; use a ResNet of torchvision's kind.");
    }

    // nn.Sequential(*list(resnet.children())[:-1]) has conv1, bn1, relu, maxpool, layer1 to layer4, avgpool. Other programs call downsample
    // a shortcut.
    private static string Torchvision(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var module = dot < 0 ? name : name[..dot] switch
        {
            "0" => "conv1", "1" => "bn1", "4" => "layer1", "5" => "layer2", "6" => "layer3", "7" => "layer4",
            var other => other,
        };
        return (dot < 0 ? module : module + name[dot..]).Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);
    }
}
