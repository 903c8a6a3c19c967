using System.CommandLine;
using Byol.Data.Datasets;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>The options that say which encoder and which images, shared by the verbs that embed.</summary>
internal sealed class EmbeddingInputs
{
    public const string EncoderHelp = "A run folder, an encoder.safetensors, or a file that byol export wrote.";

    private readonly Option<string?> _data = new("--data") { Description = $"Images. {DataInput.Help}" };
    private readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description = "What byol embed wrote of them, so that they are not embedded again.",
    };

    public static Option<Precision> Precision() => new("--precision") { Description = "auto, float32 or bfloat16; an .onnx is float32." };

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_embeddings);
    }

    /// <summary>Whether there will be images to show.</summary>
    public bool HasImages(ParseResult parsed) => parsed.GetValue(_data) is not null;

    /// <summary>The file of embeddings, or null where they are computed.</summary>
    public string? Embeddings(ParseResult parsed) => parsed.GetValue(_embeddings);

    /// <summary>Reads the embeddings, or computes them.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="compute">Embeds a dataset.</param>
    public EmbeddedData Open(ParseResult parsed, Func<IDataset, EmbeddedData> compute)
    {
        var (data, embeddings) = (parsed.GetValue(_data), parsed.GetValue(_embeddings));
        if (data is null && embeddings is null) throw new ArgumentException("Neither --data nor --embeddings is given; say which images.");
        var dataset = data is null ? null : DataInput.OpenUncached(data);
        return embeddings is null ? compute(dataset!) : EmbeddedData.Read(embeddings, dataset);
    }
}
