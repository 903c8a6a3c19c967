namespace Byol.Cli.Terminal;

/// <summary>Translates the libraries' words to those of the command line. A library names remedies by its API, which cannot be typed on the
/// command line.</summary>
internal static class ToolWords
{
    /// <summary>What the libraries say, and what is typed for it.</summary>
    public static IReadOnlyDictionary<string, string> Typed { get; } = new Dictionary<string, string>
    {
        ["KnownDataset.All"] = "byol data list",
        ["DatasetCatalog.Download"] = "byol data get",
        ["DatasetPacker.Pack"] = "byol data pack",
        ["EmbeddingPass.Write"] = "byol embed",
        ["OnnxExport.ExportOnnx"] = "byol classifier",
        ["set preset="] = "use --onnx preset=",
        ["set output="] = "use --onnx output=",
        ["that Byol wrote"] = "that byol pretrain or byol export wrote",
        ["another path"] = "another --out",
        ["another folder"] = "another --out",
        ["an empty folder"] = "an empty folder for --out",
        ["set acceptOtherData"] = "add --accept-other-data",
        ["resume the run"] = "resume the run with --resume",
        ["start a new one"] = "leave out --resume to start one",
        ["training.on_non_finite = rewind"] = "--resume --on-non-finite rewind",
        ["use a batch of"] = "use --batch-size",
        ["train without validation"] = "leave out --validation",
        ["KnnOptions.Neighbors"] = "--k",
        ["a LabelBudget of"] = "--labels",
        ["Knn.Accuracy"] = "--protocol knn",
        ["FineTuneOptions.EncoderLearningRate"] = "--learning-rate",
        ["Precision.Float32"] = "--precision float32",
    };

    /// <summary>A message of the libraries, as a user of the tool reads it.</summary>
    public static string Of(string message) =>
        Typed.Aggregate(message, (text, word) => text.Replace(word.Key, word.Value, StringComparison.Ordinal));
}
