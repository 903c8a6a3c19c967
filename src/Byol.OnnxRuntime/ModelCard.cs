using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;

namespace Byol.OnnxRuntime;

/// <summary>The card beside an ONNX file: input, output and origin.</summary>
internal static class ModelCard
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // for people to read; it goes into no page
    };

    public static void Write(Stream stream, string file, EncoderDescription description, EncoderParity parity)
    {
        var dimension = description.Architecture.RepresentationSize;
        var card = new
        {
            Model = file,
            Input = Input(description),
            Preprocessing = Prepared(description),
            Outputs = new[]
            {
                Value(OnnxWriter.Embedding, "float32", "as the encoder gives it, for classifiers", "batch", dimension),
                Value(OnnxWriter.Normalized, "float32", "of length 1: a dot product is the cosine similarity", "batch", dimension),
            },
            Encoder = Settings(description.Architecture),
            WeightsSha256 = description.Weights,
            Checked = parity,
            Use = new
            {
                Python =
                    $"onnxruntime.InferenceSession(\"{file}\").run([\"{OnnxWriter.Embedding}\"], {{\"{OnnxWriter.Input}\": images}})[0]",
                CSharp = $"new InferenceSession(\"{file}\")"
                    + $".Run([NamedOnnxValue.CreateFromTensor(\"{OnnxWriter.Input}\", images)], [\"{OnnxWriter.Embedding}\"])",
            },
            description.Recipe,
        };
        Write(stream, card);
    }

    /// <summary>Writes a card.</summary>
    internal static void Write(Stream stream, object card) => JsonSerializer.Serialize(stream, card, Json);

    // How an image of any shape becomes the model's square, and what of it the model sees.
    private static (string Fit, string Note) Fit(Preprocessing preprocessing) => preprocessing.Fit switch
    {
        _ when preprocessing.Tiles > 1 => ("tiles",
            $"The model sees the whole image: cut it into {preprocessing.Tiles} tiles, in the rows and columns whose tiles are nearest to "
            + "squares, and resize each to image_size x image_size, antialiased."),
        EvaluationFit.Squash => ("squash",
            "The model sees the whole image: resize it to image_size x image_size, for any shape, antialiased."),
        EvaluationFit.Pad => ("pad", "The model sees the whole image in its proportions: resize it, antialiased, until its long side is "
            + "image_size, and put it in the middle of a square of the mean color (Pillow: ImageOps.pad)."),
        _ => ("crop", "The model sees the center square of center_crop times the short side and nothing beyond it: cut it, resize it, "
            + "antialiased."),
    };

    /// <summary>What goes in.</summary>
    internal static object Input(EncoderDescription description)
    {
        var size = description.Preprocessing.ImageSize;
        var tiles = description.Preprocessing.Tiles;
        return Value(OnnxWriter.Input, "float32", "RGB, 0 to 1, channels first"
            + (tiles > 1 ? $"; {tiles} tiles of an image, row by row, one after the other" : ""), "batch", 3, size, size);
    }

    /// <summary>A value that goes in or comes out.</summary>
    internal static object Value(string name, string type, string values, params object[] shape) =>
        new { Name = name, Type = type, Shape = shape, Values = values };

    /// <summary>How an image becomes what goes in.</summary>
    internal static object Prepared(EncoderDescription description)
    {
        var (fit, note) = Fit(description.Preprocessing);
        return new
        {
            description.Preprocessing.ImageSize,
            EvaluationFit = fit,
            description.Preprocessing.Tiles,
            description.Preprocessing.CenterCrop,
            Interpolation = "bicubic",
            description.Preprocessing.Mean,
            description.Preprocessing.StandardDeviation,
            Note = $"{note} Then divide by 255. The model itself subtracts the mean and divides by the standard deviation.",
        };
    }

    /// <summary>The architecture.</summary>
    internal static JsonObject Settings(EncoderOptions encoder)
    {
        var settings = EncoderJson.Of(encoder);
        settings["dimension"] = encoder.RepresentationSize;
        return settings;
    }
}
