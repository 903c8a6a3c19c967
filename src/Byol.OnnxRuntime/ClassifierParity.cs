using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.OnnxRuntime;

/// <summary>Of a classifier: half of the images are noise, half real.</summary>
internal sealed class ClassifierParity : Parity
{
    private const double Tolerance = 1e-4;
    private const int Most = 32, BatchSize = 8;

    private ClassifierParity(int images) : base(images)
    {
    }

    /// <inheritdoc/>
    public override double Largest => Math.Max(Probability, Novelty);

    /// <summary>The largest difference of a probability.</summary>
    public double Probability { get; private set; }

    /// <summary>The largest difference of a novelty.</summary>
    public double Novelty { get; private set; }

    /// <summary>Images that were given another label, where the two highest logits are not equal to within the tolerance.</summary>
    public int OtherLabels { get; private set; }

    /// <inheritdoc/>
    private protected override string Line => string.Create(CultureInfo.InvariantCulture,
        $"ONNX Runtime against libtorch fp32 on {Images} images, half of them noise: probabilities differ by {Probability:0.0e+0} at most, "
        + $"novelty by {Novelty:0.0e+0}, {OtherLabels} labels");

    /// <summary>Compares a file with the classifier that it was written from.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="path">The file.</param>
    /// <param name="data">Real images.</param>
    /// <param name="most">Images of each kind at most.</param>
    internal static ClassifierParity Of(Classifier classifier, string path, IDataset data, int most = Most)
    {
        var device = classifier.Encoder.Network.parameters().First().device;
        using var onnx = OnnxClassifier.Open(path);
        var (tiles, pooling) = (classifier.Preprocessing.Tiles, classifier.Preprocessing.TilePooling);
        using var torch = new TorchEncoder(path, classifier.Encoder, Precision.Float32, device, leaveOpen: true).InTiles(tiles, pooling);
        var count = Math.Min(most, data.Count);
        return Compare(classifier, torch, onnx, [.. Noise(count, torch), .. Real(count, torch, data)]);
    }

    private static ClassifierParity Compare(Classifier classifier, IImageEncoder torch, OnnxClassifier onnx, IReadOnlyList<float[]> images)
    {
        var parity = new ClassifierParity(images.Count);
        foreach (var batch in images.Chunk(BatchSize)) parity.Add(classifier, torch, onnx, batch);
        return parity;
    }

    /// <summary>Throws if they differ.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="InvalidOperationException">They do.</exception>
    internal void Require(string path)
    {
        if (Probability > Tolerance || Novelty > Tolerance || OtherLabels > 0)
            throw new InvalidOperationException($"{path} was removed: {this}, more than {Tolerance} and no label; report this.");
    }

    private void Add(Classifier classifier, IImageEncoder torch, OnnxClassifier onnx, float[][] batch)
    {
        using var scope = NewDisposeScope();
        var views = batch.Length * torch.Preprocessing.Tiles;
        var features = new float[views * torch.Dimension];
        float[] pixels = [.. batch.SelectMany(p => p)];
        torch.Encode(pixels, views, features);
        var rows = EncoderPass.Pool(features, torch.Preprocessing.Tiles, torch.Dimension, torch.Preprocessing.TilePooling);
        var embedded = tensor(rows.ToArray()).reshape(batch.Length, -1);
        var expected = classifier.Classify(embedded);
        var novelty = classifier.Novelty.Scores(embedded);
        foreach (var (i, actual) in onnx.Predict(pixels, batch.Length).Index())
        {
            var (logits, probabilities) = expected[i];
            for (var c = 0; c < probabilities.Length; c++)
                Probability = Larger(Probability, probabilities[c] - actual.Probabilities[c]);
            Novelty = Larger(Novelty, novelty[i] - actual.Novelty);
            float[] sorted = [.. logits.OrderDescending()];
            var label = Array.IndexOf(logits, sorted[0]);
            if (actual.Label != classifier.Classes[label] && !(sorted[0] - sorted[1] < Tolerance * classifier.Head.Calibration.Temperature))
                OtherLabels++;
        }
    }

    // A difference that is not a number must not pass for none.
    private static double Larger(double before, double difference) =>
        double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(before, Math.Abs(difference));

    private static IEnumerable<float[]> Noise(int count, IImageEncoder encoder)
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var pixels = new float[encoder.Preprocessing.Tiles * 3 * encoder.Preprocessing.ImageSize * encoder.Preprocessing.ImageSize];
            foreach (ref var value in pixels.AsSpan()) value = random.NextSingle();
            yield return pixels;
        }
    }

    private static IEnumerable<float[]> Real(int count, IImageEncoder encoder, IDataset data)
    {
        var (views, tiles) = (encoder.Preprocessing.ToViews(), encoder.Preprocessing.Tiles);
        var (renderer, draw, length) = (
            new ViewRenderer(views), ViewSequence.Center(1, views, 1, tiles).Draw, 3 * views.ImageSize * views.ImageSize);
        for (var i = 0; i < count; i++)
        {
            var image = data.Read((int)((long)i * data.Count / count));
            var pixels = new float[tiles * length];
            for (var tile = 0; tile < tiles; tile++)
            {
                renderer.RenderColors(
                    image, draw(0, i, tile, image.SourceWidth, image.SourceHeight), pixels.AsSpan(tile * length, length));
            }
            yield return pixels;
        }
    }
}
