using System.Globalization;
using Byol.Embeddings;
using Byol.Evaluation.Classification;

namespace Byol.Predictions;

/// <summary>Text: a line for each image.</summary>
internal sealed class CsvPredictionWriter : IPredictionWriter
{
    private readonly PendingFile _file;
    private readonly StreamWriter _text;

    public CsvPredictionWriter(string path)
    {
        _file = new PendingFile(path);
        _text = CsvText.Writer(_file.Stream);
        _text.Write("name,label,probability,novelty,novelty_above,doubt\n");
    }

    public void Write(string name, Prediction prediction) => _text.Write(string.Create(CultureInfo.InvariantCulture,
        $"{CsvText.Quote(name)},{CsvText.Quote(prediction.Label)},{(float)prediction.Probability},{(float)prediction.Novelty},"
        + $"{prediction.NoveltyAbove},{PredictionFile.Name(prediction.Doubt)}\n"));

    public void Complete()
    {
        _text.Flush();
        _file.Complete();
    }

    public void Dispose() => _file.Dispose();
}
