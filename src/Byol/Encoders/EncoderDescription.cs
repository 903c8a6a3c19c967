using System.Globalization;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Models;
using Byol.TensorFiles;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>The description of an encoder in its file, in every format under the same keys.</summary>
/// <param name="architecture">The architecture.</param>
/// <param name="preprocessing">How images must be prepared.</param>
public sealed class EncoderDescription(EncoderOptions architecture, Preprocessing preprocessing)
{
    private const string Format = "byol-encoder-1", FormerCrop = "centre_crop", Kind = "encoder_kind", FitKey = "evaluation_fit",
        TilesKey = "tiles", PoolingKey = "tile_pooling", Best = "best_step";

    private static readonly ImageOptions Usual = new();

    /// <summary>The architecture.</summary>
    public EncoderOptions Architecture { get; } = architecture;

    /// <summary>How images must be prepared.</summary>
    public Preprocessing Preprocessing { get; } = preprocessing;

    /// <summary>The recipe that trained it, as TOML; null if it is not known.</summary>
    internal string? Recipe { get; init; }

    /// <summary>SHA-256 of the weights (<see cref="WeightsDigest"/>); null in files without it.</summary>
    public string? Weights { get; internal init; }

    /// <summary>The optimizer step of the best encoder of a run; null for any other encoder.</summary>
    internal long? BestStep { get; init; }

    /// <summary>An encoder that runs a network as it is, in evaluation mode: its weights are not copied, so it also works while the network
    /// is being trained. <see cref="OpenedEncoder.ToImageEncoder"/> is faster for embedding.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="network">f. Its mode is restored after each batch; no weight or buffer changes.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">Its device.</param>
    /// <param name="leaveOpen">Whether the network outlives the encoder; otherwise it is disposed with it.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    public IImageEncoder ToImageEncoder(
        string name, Module<Tensor, Tensor> network, Precision precision, Device device, bool leaveOpen = false) =>
        new ModuleEncoder(name, network, this, precision, device, leaveOpen);

    /// <summary>The same description with another digest of weights or another preprocessing.</summary>
    internal EncoderDescription With(string? weights = null, Preprocessing? preprocessing = null) =>
        new(Architecture, preprocessing ?? Preprocessing) { Recipe = Recipe, Weights = weights ?? Weights, BestStep = BestStep };

    /// <summary>The description as free text by key: metadata of safetensors, PyTorch and ONNX files.</summary>
    /// <exception cref="ArgumentException">The kind of encoder was not registered.</exception>
    internal Dictionary<string, string> ToMetadata()
    {
        var kind = EncoderKinds.Of(Architecture);
        var metadata = new Dictionary<string, string> { ["format"] = Format };
        if (kind != EncoderKinds.Default) metadata[Kind] = kind.Name;
        foreach (var (key, text) in kind.Write(Architecture)) metadata[key] = text;
        metadata["dimension"] = Text(Architecture.RepresentationSize);
        metadata["image_size"] = Text(Preprocessing.ImageSize);
        metadata[FitKey] = Text(Preprocessing.Fit);
        if (Preprocessing.Tiles > 1)     // only in files of embeddings
        {
            metadata[TilesKey] = Text(Preprocessing.Tiles);
            metadata[PoolingKey] = Text(Preprocessing.TilePooling);
        }
        metadata["center_crop"] = Text(Preprocessing.CenterCrop);
        metadata["mean"] = string.Join(' ', Preprocessing.Mean.Select(Text));
        metadata["standard_deviation"] = string.Join(' ', Preprocessing.StandardDeviation.Select(Text));
        // Only where it is not as usual: files of before are read so.
        if (Preprocessing.Images.Background != Usual.Background) metadata["image_background"] = Preprocessing.Images.Background;
        if (Preprocessing.Images.Depth != Usual.Depth) metadata["image_depth"] = Text(Preprocessing.Images.Depth);
        if (Weights is not null) metadata["weights_sha256"] = Weights;
        if (Recipe is not null) metadata["recipe"] = Recipe;
        if (BestStep is { } step) metadata[Best] = step.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }

    /// <summary>Whether metadata belong to a file that Byol wrote.</summary>
    /// <param name="metadata">Text by key.</param>
    internal static bool IsIn(IReadOnlyDictionary<string, string> metadata) => metadata.GetValueOrDefault("format") == Format;

    /// <summary>Reads the description back.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="metadata">Text by key.</param>
    /// <exception cref="InvalidDataException">A value is missing or makes no encoder; the message names it.</exception>
    internal static EncoderDescription Parse(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var kind = metadata.TryGetValue(Kind, out var name) ? EncoderKinds.FindInFile(name) ?? throw Unknown(name) : EncoderKinds.Default;
        var architecture = Architecture();
        var size = Whole("image_size");
        var crop = Number(metadata.ContainsKey(FormerCrop) ? FormerCrop : "center_crop");
        var (mean, deviation) = (Numbers("mean"), Numbers("standard_deviation"));
        if (size is < 1 or > Preprocessing.LargestSize) throw Unusable("image_size");
        if (crop is not (> 0 and <= 1)) throw Unusable("center_crop");
        if (deviation.Any(s => s <= 0)) throw Unusable("standard_deviation");
        var tiles = metadata.ContainsKey(TilesKey) ? Whole(TilesKey) : 1;
        if (tiles is < 1 or > Tiles.Most) throw Unusable(TilesKey);
        var preprocessing = new Preprocessing(size, crop, mean, deviation)
        {
            Fit = Named<EvaluationFit>(FitKey), Tiles = tiles, TilePooling = Named<TilePooling>(PoolingKey), Images = Images(),
        };
        return new EncoderDescription(architecture, preprocessing)
        {
            Recipe = metadata.GetValueOrDefault("recipe"),
            Weights = metadata.GetValueOrDefault("weights_sha256"),
            BestStep = long.TryParse(metadata.GetValueOrDefault(Best), CultureInfo.InvariantCulture, out var best) ? best : null,
        };

        string Value(string key) => metadata.TryGetValue(key, out var text) ? text : throw Unusable(key);
        int Whole(string key) => int.TryParse(Value(key), CultureInfo.InvariantCulture, out var number) ? number : throw Unusable(key);
        double Number(string key) => Finite(Value(key)) ?? throw Unusable(key);
        double[] Numbers(string key) =>
            Value(key).Split(' ').Select(Finite).ToArray() is [{ } red, { } green, { } blue] ? [red, green, blue] : throw Unusable(key);
        T Named<T>(string key) where T : struct, Enum => !metadata.TryGetValue(key, out var text) ? default      // in earlier versions
            : Enum.GetValues<T>().Cast<T?>().FirstOrDefault(member => Text(member!.Value) == text) ?? throw Unusable(key);
        ImageOptions Images()
        {
            var depth = metadata.ContainsKey("image_depth") ? Whole("image_depth") : Usual.Depth;
            var images = new ImageOptions { Background = metadata.GetValueOrDefault("image_background", Usual.Background), Depth = depth };
            try
            {
                images.Validate();
                return images;
            }
            catch (ArgumentException)
            {
                throw Unusable("image_background and image_depth");
            }
        }
        EncoderOptions Architecture()
        {
            try
            {
                return kind.Read(metadata);
            }
            catch (FormatException e)
            {
                throw Unusable(e.Message);
            }
        }
        InvalidDataException Unknown(string other) => new(
            $"{path} holds an encoder of kind {Printable.Of(other)}, which is not known here; known are {string.Join(", ", EncoderKinds.Names)}. "
            + "Use a program that registers this kind.");
        InvalidDataException Unusable(string key) =>
            new($"{path} has no usable {key} in its metadata; use an encoder that Byol wrote.");
    }

    private static double? Finite(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string Text(Enum member) => member.ToString().ToLowerInvariant();

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
