using System.Globalization;
using Byol.Encoders;
using Byol.Export;
using Byol.TensorFiles.Onnx;

namespace Byol.OnnxRuntime;

/// <summary>What goes into a model, and what is taken out of it.</summary>
/// <param name="Input">The name of its image.</param>
/// <param name="Output">The name of its embedding.</param>
/// <param name="Layout">The order of values in the image.</param>
/// <param name="Batch">Images at once; null if any number is taken.</param>
/// <param name="ImageSize">S.</param>
internal sealed record ModelSignature(string Input, string Output, ImageLayout Layout, int? Batch, int ImageSize)
{
    private const int Channels = 3;

    /// <summary>That of a model that Byol wrote.</summary>
    /// <exception cref="InvalidDataException">The model has another.</exception>
    public static ModelSignature OfOurs(string name, ModelSession session, int imageSize, int dimension)
    {
        if (!session.TakesImages(imageSize) || !session.Gives(OnnxWriter.Embedding, dimension))
            throw new InvalidDataException($"{name} has inputs or outputs that differ from its metadata; use a model that Byol wrote.");
        return OfOurs(imageSize);
    }

    /// <summary>What models that Byol wrote are given.</summary>
    /// <param name="imageSize">S.</param>
    public static ModelSignature OfOurs(int imageSize) =>
        new(OnnxWriter.Input, OnnxWriter.Embedding, ImageLayout.Nchw, null, imageSize);

    /// <summary>That of a model of another program: as its shapes have it, and where they do not say it as its user does.</summary>
    /// <param name="name">The name of the model in messages.</param>
    /// <param name="session">The model.</param>
    /// <param name="given">What its user says.</param>
    /// <exception cref="InvalidDataException">It takes no image, or its user must say more; one line.</exception>
    public static ModelSignature OfOthers(string name, ModelSession session, ModelInput given)
    {
        if (session.Inputs.Count != 1)
            throw Unusable($"has {session.Inputs.Count} inputs ({List(session.Inputs.Keys)}) where one image is needed");
        var (input, metadata) = session.Inputs.Single();
        if (given.Input.Length > 0 && given.Input != input) throw Unusable($"has no input {given.Input} but {input}");
        if (!metadata.IsTensor || metadata.ElementType != typeof(float))
            throw Unusable($"takes {metadata.ElementType?.Name ?? "no tensor"} where an image in fp32 is needed");
        var shape = metadata.Dimensions;
        var text = $"[{string.Join(',', shape)}]";
        if (shape.Length != 4) throw Unusable($"takes an input of shape {text} where an image, [n,3,S,S] or [n,S,S,3], is needed");
        var layout = given.Layout ?? (shape[1] != Channels && shape[3] == Channels ? ImageLayout.Nhwc : ImageLayout.Nchw);
        var (channels, height, width) = layout == ImageLayout.Nchw ? (shape[1], shape[2], shape[3]) : (shape[3], shape[1], shape[2]);
        if (channels is not (-1 or Channels))
        {
            throw Unusable(
                $"takes {channels} channels (shape {text}, read as {$"{layout}".ToLowerInvariant()}) where an image of three is needed");
        }
        if (height > 0 && width > 0 && height != width)
            throw Unusable($"takes images of {width} x {height} pixels where they must be square");
        var size = Math.Max(height, width);
        if (size > 0 && given.ImageSize > 0 && given.ImageSize != size)
            throw Unusable($"takes images of {size} px and not of {given.ImageSize}", $"leave image_size out, or set it to {size}");
        if (size <= 0 && given.ImageSize == 0)
            throw Unusable($"leaves the size of its images open (shape {text})", Says("image_size = 224", name));
        int? batch = shape[0] > 0 ? shape[0] : null;
        return new ModelSignature(input, Embedding(name, session, given), layout, batch, size > 0 ? size : given.ImageSize);

        InvalidDataException Unusable(string why, string remedy = "use another model") => new($"{name} {why}; {remedy}.");
    }

    /// <summary>What the scores of classes are computed from, if the embedding looks like scores; null if it does not.</summary>
    /// <param name="model">The model's graph.</param>
    public string? ScoredFrom(OnnxModel model)
    {
        for (var at = Output; model.Nodes.FirstOrDefault(n => n.Outputs.Contains(at)) is { Inputs.Count: > 0 } node; at = node.Inputs[0])
        {
            if (node.Operation is "Gemm" or "MatMul") return node.Inputs[0];
            if (node.Operation is not ("Softmax" or "Add")) return null;
        }
        return null;
    }

    /// <summary>The input in a few words.</summary>
    public string Describe()
    {
        var (batch, size) = (Batch?.ToString(CultureInfo.InvariantCulture) ?? "n", ImageSize);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Input} [{batch},{(Layout == ImageLayout.Nchw ? $"3,{size},{size}" : $"{size},{size},3")}]");
    }

    private static string Embedding(string name, ModelSession session, ModelInput given)
    {
        if (given.Output.Length > 0) return given.Output;
        return session.Outputs.Count == 1 ? session.Outputs.Keys.Single() : throw new InvalidDataException(
            $"{name} has {session.Outputs.Count} outputs ({List(session.Outputs.Keys)}); say which is the embedding: "
            + $"{Says($"output = \"{session.Outputs.Keys.First()}\"", name)}.");
    }

    private static string Says(string setting, string name) => $"{setting} in {name}.toml";

    private static string List(IEnumerable<string> names) => string.Join(", ", names);
}
