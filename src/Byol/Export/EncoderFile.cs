using System.Globalization;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Export;

/// <summary>An encoder in a safetensors file, with all that is needed to use it in the file's metadata.</summary>
public static class EncoderFile
{
    private const int LeastBytesOfWeight = 2, LargestImage = 4096;

    /// <summary>Writes an encoder: parameters and BatchNorm statistics under torchvision's names.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preparation">What its input must be.</param>
    public static void Write(Stream stream, ResNet encoder, Preparation preparation) =>
        Safetensors.Write(stream, [.. Tensors(encoder)], new Dictionary<string, string>
        {
            ["format"] = "byol-encoder-1",
            ["depth"] = Text(encoder.Options.Depth),
            ["width"] = Text(encoder.Options.Width),
            ["stem"] = encoder.Options.Stem.ToString(),
            ["image_size"] = Text(preparation.ImageSize),
            ["centre_crop"] = Text(preparation.CentreCrop),
            ["mean"] = string.Join(' ', preparation.Mean.Select(m => Text(m))),
            ["standard_deviation"] = string.Join(' ', preparation.StandardDeviation.Select(s => Text(s))),
        });

    /// <summary>Reads an encoder; it comes in evaluation mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it shall live.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds no encoder of ours.</exception>
    public static (ResNet Encoder, Preparation Preparation) Read(string path, Device device)
    {
        using var file = new SafetensorsFile(path);
        var preparation = new Preparation((int)Number("image_size"), Number("centre_crop"), Numbers("mean"), Numbers("standard_deviation"));
        if (preparation.ImageSize is < 1 or > LargestImage) throw Foreign("image_size");
        if (preparation.CentreCrop is not (> 0 and <= 1)) throw Foreign("centre_crop");
        if (preparation.StandardDeviation.Any(s => s <= 0)) throw Foreign("standard_deviation");
        if (!Enum.TryParse<Stem>(Value("stem"), out var stem) || !Enum.IsDefined(stem)) throw Foreign("stem");
        var options = new EncoderOptions { Depth = (int)Number("depth"), Width = Number("width"), Stem = stem };
        try
        {
            options.Validate();
        }
        catch (ArgumentException)
        {
            throw Foreign("depth and width");
        }
        // At one pixel every weight is used once. A small file must not make the largest encoder.
        if (EncoderCost.Of(options, imageSize: 1).Forward > file.Length / LeastBytesOfWeight) throw Foreign("depth and width, which ask for more weights than it has");
        using var weights = new WeightSource(0, device);
        var encoder = new ResNet(options, weights);
        foreach (var (name, tensor) in Tensors(encoder)) file.CopyTo(name, tensor);
        encoder.eval();
        return (encoder, preparation);

        string Value(string key) => file.Metadata.TryGetValue(key, out var text) ? text : throw Foreign(key);
        double Number(string key) => double.TryParse(Value(key), CultureInfo.InvariantCulture, out var number) ? number : throw Foreign(key);
        double[] Numbers(string key) => Value(key).Split(' ').Select(t => double.TryParse(t, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n) ? n : throw Foreign(key)).ToArray() is { Length: 3 } three ? three : throw Foreign(key);
        InvalidDataException Foreign(string key) => new($"{path} says no usable {key} in its metadata; use an encoder.safetensors that byol pretrain wrote.");
    }

    /// <summary>Parameters, then buffers, by name.</summary>
    /// <param name="module">Any module.</param>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers().Select(b => (b.name, b.buffer)));

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
