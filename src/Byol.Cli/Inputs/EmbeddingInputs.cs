using System.CommandLine;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>The options that say which encoder and which images, shared by the verbs that embed.</summary>
/// <param name="needsPage">Whether the page is what the verb is for.</param>
internal sealed class EmbeddingInputs(bool needsPage = false)
{
    public const string EncoderHelp = "A run folder, an encoder's file (safetensors, .pt, .pth, .onnx), or a name of byol encoders list.";

    private readonly Option<string?> _data = new("--data") { Description = $"Images. {DataInput.Help}" };
    private readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description = "A file of their embeddings that byol embed wrote, so that they are not embedded again.",
    };

    private readonly Option<string?> _page = new("--out")
    {
        Description = "An .html page to write; one file that contains the pictures.", Required = needsPage,
    };
    private readonly Option<bool> _force = OutputPath.Force();

    public static Option<Precision> Precision() => new("--precision") { Description = "auto, float32 or bfloat16; an .onnx is float32." };

    public static Option<int> BatchSize() => new("--batch-size")
    {
        Description = "Images in a batch.",
        DefaultValueFactory = _ => EmbeddingPass.UsualBatchSize,
    };

    /// <summary>A batch size as it was typed.</summary>
    public static int Batch(int batchSize) => batchSize is >= 1 and <= 4096 ? batchSize
        : throw new ArgumentException($"--batch-size {batchSize} must lie between 1 and 4096.");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _embeddings, _page, _force]) command.Options.Add(option);
    }

    /// <summary>The page's path, found fit before the work; null if none is asked for.</summary>
    public string? PagePath(ParseResult parsed)
    {
        if (parsed.GetValue(_page) is not { } path) return null;
        return parsed.GetValue(_data) is not null ? OutputPath.File(_page.Name, path, parsed.GetValue(_force), ".html")
            : throw new ArgumentException($"{_page.Name} {path} shows images, and embeddings have none; give the images as {_data.Name} too.");
    }

    /// <summary>The file of embeddings, or null if they are computed.</summary>
    public string? Embeddings(ParseResult parsed) => parsed.GetValue(_embeddings);

    /// <summary>Reads the embeddings, or computes them.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="images">How the encoder's images are read; null if there is no encoder.</param>
    /// <param name="compute">Embeds a dataset.</param>
    public EmbeddedData Open(ParseResult parsed, ImageOptions? images, Func<IDataset, EmbeddedData> compute)
    {
        var (data, embeddings) = (parsed.GetValue(_data), parsed.GetValue(_embeddings));
        if (data is null && embeddings is null) throw new ArgumentException("Neither --data nor --embeddings is given; say which images.");
        var dataset = data is null ? null : DataInput.OpenUncached(data, images);
        return embeddings is null ? compute(dataset!) : EmbeddedData.Read(embeddings, dataset);
    }
}
