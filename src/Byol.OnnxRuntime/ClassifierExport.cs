using Byol.Data.Datasets;
using Byol.Evaluation.Classification;
using Byol.Export;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.OnnxRuntime;

/// <summary>Classifiers as ONNX files, which ONNX Runtime has run before they appear.</summary>
public static class ClassifierExport
{
    /// <summary>Writes a classifier and its card, and compares it with libtorch before they have their names.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="path">Where to; ends in .onnx.</param>
    /// <param name="data">Images to compare on.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written, the file would be larger than 2 GiB, or the
    /// path cannot be written.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime differs from libtorch; nothing was written.</exception>
    public static ClassifierFile ExportOnnx(this Classifier classifier, string path, IDataset data)
    {
        var (encoder, head) = (classifier.Encoder, Head(classifier));
        ClassifierParity? parity = null;
        var card = Path.ChangeExtension(path, ".json");
        CheckedFile.Write(path, Write, written =>
        {
            parity = ClassifierParity.Of(classifier, written, data);
            parity.Require(path);
            RunDirectory.Write(card, stream => ClassifierCard.Write(stream, Path.GetFileName(path), classifier, parity));
        });
        return new ClassifierFile(path, card, parity!);

        void Write(Stream stream) =>
            OnnxWriter.Write(stream, encoder.Network, encoder.Description, head, classifier.Description.ToMetadata());
    }

    // Standardization is in the classifier's weights already; the temperature divides weights and bias.
    private static OnnxHead Head(Classifier classifier)
    {
        using var scope = NewDisposeScope();
        using TorchSharp.Scalar temperature = classifier.Head.Temperature;
        var parameters = classifier.Head.Classifier.Parameters.div(temperature).to(ScalarType.Float32);      // [C,D+1]
        var dimension = parameters.shape[1] - 1;
        return new OnnxHead(
            Floats(parameters.narrow(1, 0, dimension)), Floats(parameters.select(1, dimension)), Floats(classifier.Novelty.References),
            classifier.Novelty.Neighbors);
    }

    private static float[] Floats(Tensor values) => values.contiguous().data<float>().ToArray();
}

/// <summary>A classifier as an ONNX file.</summary>
public sealed class ClassifierFile
{
    internal ClassifierFile(string file, string card, ClassifierParity parity) => (File, Card, Parity) = (file, card, parity);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The card beside it, as JSON: what goes in, what comes out, and what it is worth.</summary>
    public string Card { get; }

    /// <summary>How far ONNX Runtime was from libtorch.</summary>
    public ClassifierParity Parity { get; }
}
