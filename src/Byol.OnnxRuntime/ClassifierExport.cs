using Byol.Data.Datasets;
using Byol.Evaluation.Classification;
using Byol.Export;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.OnnxRuntime;

/// <summary>Writes classifiers as ONNX files, and checks them with ONNX Runtime before the files get their names.</summary>
internal static class ClassifierExport
{
    /// <summary>Writes a classifier and its card, and compares it with libtorch before the files get their names.</summary>
    /// <inheritdoc cref="OnnxExport.ExportOnnx(Classifier, string, IDataset)"/>
    public static OnnxFile Write(Classifier classifier, string path, IDataset data)
    {
        var (encoder, head) = (classifier.Encoder, Head(classifier));
        ClassifierParity? parity = null;
        var card = Path.ChangeExtension(path, ".json");
        CheckedFile.Write(path, Model, written =>
        {
            parity = ClassifierParity.Of(classifier, written, data);
            parity.Require(path);
            RunDirectory.Write(card, stream => ClassifierCard.Write(stream, Path.GetFileName(path), classifier, parity));
        });
        return new OnnxFile(path, card, parity!);

        void Model(Stream stream) => OnnxWriter.Write(
            stream, encoder.Network, encoder.Description.With(preprocessing: classifier.Preprocessing), head,
            classifier.Description.ToMetadata());
    }

    // Standardization is in the classifier's weights already; the temperature divides weights and bias.
    private static OnnxHead Head(Classifier classifier)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var calibration = classifier.Head.Calibration;
        using TorchSharp.Scalar temperature = calibration.Temperature;
        var parameters = classifier.Head.Classifier.Parameters.div(temperature).to(ScalarType.Float32);      // [C,D+1]
        var dimension = parameters.shape[1] - 1;
        return new OnnxHead(
            Floats(parameters.narrow(1, 0, dimension)), Floats(parameters.select(1, dimension)),
            [.. calibration.Shift.Select(s => (float)s)], Floats(classifier.Novelty.References),
            classifier.Novelty.Neighbors, classifier.Preprocessing.Tiles, classifier.Preprocessing.TilePooling);
    }

    private static float[] Floats(Tensor values) => values.contiguous().data<float>().ToArray();
}
