using System.CommandLine;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>The options that say which encoder and which images, shared by the verbs that embed.</summary>
internal sealed class EmbeddingInputs
{
    public const string EncoderHelp = "A run folder, an encoder's file (safetensors, .pt, .pth, .onnx), or a name of byol encoders list.";

    private readonly Option<string?> _data = new("--data") { Description = $"Images. {DataInput.Help}" };
    private readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description = "A file of their embeddings that byol embed wrote, so that they are not embedded again.",
    };

    public static Option<Precision> Precision() => new("--precision") { Description = "auto, float32 or bfloat16; an .onnx is float32." };

    /// <summary>The page that a verb writes where it is asked to.</summary>
    public static Option<string?> Page() => new("--out") { Description = "An .html page to write; one file that contains the pictures." };

    public static Option<int> BatchSize() => new("--batch-size")
    {
        Description = "Images that the encoder is given at once.",
        DefaultValueFactory = _ => EmbeddingPass.UsualBatchSize,
    };

    /// <summary>A batch size as it was typed.</summary>
    public static int Batch(int batchSize) => batchSize is >= 1 and <= 4096 ? batchSize
        : throw new ArgumentException($"--batch-size {batchSize} must lie between 1 and 4096.");

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_embeddings);
    }

    /// <summary>The page's path, found fit before the work; null where none is asked for.</summary>
    public string? PagePath(ParseResult parsed, Option<string?> page)
    {
        if (parsed.GetValue(page) is not { } path) return null;
        OutputPath.File(page.Name, path, ".html");
        if (parsed.GetValue(_data) is null)
            throw new ArgumentException($"{page.Name} {path} shows images, and embeddings have none; give the images as {_data.Name} too.");
        return OutputPath.Writable(page.Name, path, () => File.OpenWrite(path));
    }

    /// <summary>The file of embeddings, or null where they are computed.</summary>
    public string? Embeddings(ParseResult parsed) => parsed.GetValue(_embeddings);

    /// <summary>Reads the embeddings, or computes them.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="images">How the encoder's images are read; null where there is no encoder.</param>
    /// <param name="compute">Embeds a dataset.</param>
    public EmbeddedData Open(ParseResult parsed, ImageOptions? images, Func<IDataset, EmbeddedData> compute)
    {
        var (data, embeddings) = (parsed.GetValue(_data), parsed.GetValue(_embeddings));
        if (data is null && embeddings is null) throw new ArgumentException("Neither --data nor --embeddings is given; say which images.");
        var dataset = data is null ? null : DataInput.OpenUncached(data, images);
        return embeddings is null ? compute(dataset!) : EmbeddedData.Read(embeddings, dataset);
    }
}
