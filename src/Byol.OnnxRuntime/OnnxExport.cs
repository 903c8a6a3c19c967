using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.Export;
using Byol.Models;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.OnnxRuntime;

/// <summary>An encoder or a classifier as an ONNX file.</summary>
public sealed class OnnxFile
{
    internal OnnxFile(string file, string card, Parity parity) =>
        (File, Card, Parity) = (file, card, parity);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The card beside it, as JSON: input, output, origin and measured quality.</summary>
    public string Card { get; }

    /// <summary>The largest difference between ONNX Runtime and libtorch.</summary>
    public Parity Parity { get; }
}

/// <summary>Writes encoders and classifiers as ONNX files, and checks them with ONNX Runtime before the files get their names.</summary>
public static class OnnxExport
{
    private const double Tolerance = 1e-4;
    private const int Images = 32, BatchSize = 8;

    /// <summary>Writes an encoder and its card, and compares it with libtorch before the files get their names.</summary>
    /// <param name="encoder">The encoder, on the processor.</param>
    /// <param name="path">The file to write; its name ends in .onnx.</param>
    /// <param name="data">Images to compare on.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written, the file would be larger than 2 GiB, or the path
    /// cannot be written.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime differs from libtorch; nothing was written.</exception>
    public static OnnxFile ExportOnnx(this OpenedEncoder encoder, string path, IDataset data)
    {
        var description = encoder.Description;
        using var torch = new TorchEncoder(path, encoder, Precision.Float32, CPU, leaveOpen: true);
        EncoderParity? parity = null;
        var card = Path.ChangeExtension(path, ".json");
        CheckedFile.Write(path, stream => OnnxWriter.Write(stream, encoder.Network, description), written =>
        {
            parity = Compare(written, torch, data);
            if (parity.Largest > Tolerance)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"{path} was removed: ONNX Runtime differs from libtorch by {parity.Largest:0.0e+0}, more than {Tolerance}; "
                    + $"write it as safetensors, and report this."));
            }
            RunDirectory.Write(card, stream => ModelCard.Write(stream, Path.GetFileName(path), description, parity));
        });
        return new OnnxFile(path, card, parity!);
    }

    /// <summary>Writes a classifier and its card, and compares it with libtorch before the files get their names.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="path">The file to write; its name ends in .onnx.</param>
    /// <param name="data">Images to compare on.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written, the file would be larger than 2 GiB, or the
    /// path cannot be written.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime differs from libtorch; nothing was written.</exception>
    public static OnnxFile ExportOnnx(this Classifier classifier, string path, IDataset data) =>
        ClassifierExport.Write(classifier, path, data);

    private static EncoderParity Compare(string path, TorchEncoder torch, IDataset data)
    {
        using var onnx = OnnxEncoder.Open(path);
        var (random, count) = (new Random(1), Math.Min(Images, data.Count));
        var noise = Largest(onnx, torch, count, (_, pixels) =>
        {
            foreach (ref var value in pixels) value = random.NextSingle();
        });
        var views = torch.Preprocessing.ToViews();
        var renderer = new ViewRenderer(views);
        var real = Largest(onnx, torch, count, (i, pixels) =>
        {
            var image = data.Read((int)((long)i * data.Count / count));
            renderer.RenderColors(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), pixels);
        });
        return new EncoderParity(noise, real, count, data.Name);
    }

    private delegate void Draw(int index, Span<float> pixels);

    private static double Largest(OnnxEncoder onnx, TorchEncoder torch, int count, Draw draw)
    {
        var length = 3 * torch.Preprocessing.ImageSize * torch.Preprocessing.ImageSize;
        var pixels = new float[BatchSize * length];
        var (ours, theirs) = (new float[BatchSize * torch.Dimension], new float[BatchSize * torch.Dimension]);
        var largest = 0.0;
        for (var start = 0; start < count; start += BatchSize)
        {
            var batch = Math.Min(BatchSize, count - start);
            for (var i = 0; i < batch; i++) draw(start + i, pixels.AsSpan(i * length, length));
            torch.Encode(pixels, batch, ours);
            onnx.Encode(pixels, batch, theirs);
            for (var i = 0; i < batch; i++) largest = Math.Max(largest, Difference(Row(ours, i), Row(theirs, i)));
        }
        return largest;

        ReadOnlySpan<float> Row(float[] embeddings, int i) => embeddings.AsSpan(i * torch.Dimension, torch.Dimension);
    }

    // A difference that is not a number must not pass for none.
    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var (size, difference) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            size = Math.Max(size, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }
        return difference == 0 ? 0 : double.IsNaN(difference) ? double.PositiveInfinity : difference / size;
    }
}
