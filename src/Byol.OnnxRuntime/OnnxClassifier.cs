using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.Export;

namespace Byol.OnnxRuntime;

/// <summary>A classifier that ONNX Runtime runs; libtorch is not loaded, and need not be there. One thread at a time.</summary>
public sealed class OnnxClassifier : IDisposable
{
    private const int BatchSize = 64;

    private readonly ModelSession _session;
    private readonly ClassifierDescription _description;
    private readonly PredictionRows _rows;

    private OnnxClassifier(string name, byte[] model, int threads)
    {
        _session = new ModelSession(name, model, threads);
        try
        {
            if (!ClassifierDescription.IsIn(_session.Metadata))
            {
                throw new InvalidDataException(
                    $"{name} is not a classifier that Byol wrote; give a file of OnnxExport.ExportOnnx.");
            }
            _description = ClassifierDescription.Parse(name, _session.Metadata);
            Preprocessing = EncoderDescription.Parse(name, _session.Metadata).Preprocessing;
            if (!_session.TakesImages(Preprocessing.ImageSize) || !_session.Gives(OnnxHead.Probabilities, Classes.Count)
                || !_session.Gives(OnnxHead.Label) || !_session.Gives(OnnxHead.Novelty))
            {
                throw new InvalidDataException($"{name} has inputs or outputs that differ from its metadata; write the classifier again.");
            }
            OnnxWeights.RequireFinite(name, model);
        }
        catch (InvalidDataException)
        {
            Dispose();
            throw;
        }
        _rows = new PredictionRows(name, _session, Preprocessing, Classes.Count);
    }

    /// <summary>Opens a file that <see cref="ClassifierExport"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads that share the work of an image, as in a service that opens a classifier for each core; 0 for all cores,
    /// or what <c>OMP_NUM_THREADS</c> says.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than no threads.</exception>
    /// <exception cref="InvalidDataException">It is damaged, a weight is not finite, or it is not such a file.</exception>
    public static OnnxClassifier Open(string path, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return new OnnxClassifier(path, File.ReadAllBytes(path), threads);
    }

    /// <summary>Class names in label order.</summary>
    public IReadOnlyList<string> Classes => _description.Classes;

    /// <summary>Novelties that few of the known images exceed, in ascending order.</summary>
    public IReadOnlyList<NoveltyThreshold> Thresholds => _description.Thresholds;

    /// <summary>How an image is prepared.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Classifies the image of a file.</summary>
    /// <param name="file">An image file.</param>
    /// <exception cref="InvalidDataException">It is not an image that can be read.</exception>
    public Prediction Predict(string file) => Of(_rows.Embed(file));

    /// <summary>Classifies the image of a whole image file in memory.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="name">The name in messages.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image that can be read.</exception>
    public Prediction Predict(ReadOnlyMemory<byte> file, string name) => Of(_rows.Embed(file, name));

    /// <summary>Classifies every image of a dataset, in order; they are decoded ahead, on other threads.</summary>
    /// <param name="dataset">The images; labels are not read.</param>
    /// <param name="take">Receives the index of an image in the dataset, and its prediction.</param>
    /// <param name="progress">Receives after each batch the number of finished images, including those that cannot be read.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <returns>Images that could not be read, in order.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public IReadOnlyList<UnreadableImage> Predict(
        IDataset dataset, Action<int, Prediction> take, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var (views, done) = (Preprocessing.ToViews(), 0);
        var sequence = ViewSequence.Center(dataset.Count, views, BatchSize, Preprocessing.Tiles);
        return EncoderPass.Run(_rows, dataset, views, sequence, Environment.ProcessorCount, (_, indices, _, rows) =>
        {
            for (var i = 0; i < indices.Length; i++) take(indices[i], Of(rows.Slice(i * _rows.Dimension, _rows.Dimension)));
            done = Math.Min(done + sequence.Largest, dataset.Count);
            progress?.Invoke(done);
        }, cancellation);
    }

    /// <summary>Classifies images that are prepared already.</summary>
    /// <param name="images">[n·V,S,S,3] in [0,1], the V tiles of each image one after the other.</param>
    /// <param name="count">n.</param>
    internal Prediction[] Predict(ReadOnlySpan<float> images, int count)
    {
        var (tiles, width) = (Preprocessing.Tiles, _rows.Dimension);
        var rows = new float[count * tiles * width];
        _rows.Encode(images, count * tiles, rows);
        return [.. Enumerable.Range(0, count).Select(i => Of(rows.AsSpan(i * tiles * width, width)))];
    }

    private Prediction Of(ReadOnlySpan<float> row) => new(
        _description, (int)row[Classes.Count], row[..Classes.Count].ToArray(), row[Classes.Count + 1]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _rows?.Dispose();
    }
}
