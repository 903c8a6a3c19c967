using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Models;

namespace Byol.Embeddings;

/// <summary>Embeds datasets: each image becomes a row.</summary>
public static class EmbeddingPass
{
    /// <summary>Images in a batch by default.</summary>
    public const int UsualBatchSize = 64;

    /// <summary>Embeds a dataset into a file: .npy, .csv or .parquet, by its ending. The file gets its name when it is complete.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="batchSize">Images in a batch; tiles, if images are cut into tiles.</param>
    /// <param name="progress">Receives after each batch the number of finished images, including those that cannot be read.</param>
    /// <param name="cancellation">Cancels between two batches; there is then no file.</param>
    /// <returns>Images that could not be read and have no row, in order.</returns>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    /// <exception cref="InvalidDataException">None of the images can be read.</exception>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static IReadOnlyList<UnreadableImage> Write(
        IImageEncoder encoder, IDataset dataset, string path, int batchSize = UsualBatchSize, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        using var writer = EmbeddingFile.Create(path, encoder.Dimension, EmbeddingSource.Of(encoder));
        return Run(encoder, dataset, writer, batchSize, progress, cancellation);
    }

    /// <summary>Embeds a dataset into memory.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="unreadable">Images that could not be read and have no row, in order.</param>
    /// <param name="progress">Receives after each batch the number of finished images, including those that cannot be read.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <returns>The embeddings as the encoder gives them.</returns>
    /// <exception cref="InvalidDataException">None of the images can be read.</exception>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static EmbeddingSet Collect(
        IImageEncoder encoder, IDataset dataset, out IReadOnlyList<UnreadableImage> unreadable, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        using var collector = new EmbeddingCollector();
        unreadable = Run(encoder, dataset, collector, UsualBatchSize, progress, cancellation);
        return collector.ToSet(dataset.Name);
    }

    /// <summary>Embeds a dataset from its first image to its last.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="writer">Where the rows go; it is completed once all are there.</param>
    /// <param name="batchSize">Images in a batch; tiles, if images are cut into tiles.</param>
    /// <param name="progress">Receives after each batch the number of finished images, including those that cannot be read.</param>
    /// <param name="cancellation">Cancels between two batches; the writer is not completed.</param>
    /// <returns>Images that could not be read and have no row, in order.</returns>
    /// <exception cref="InvalidDataException">None of the images can be read.</exception>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    internal static IReadOnlyList<UnreadableImage> Run(
        IImageEncoder encoder, IDataset dataset, IEmbeddingWriter writer, int batchSize = UsualBatchSize, Action<int>? progress = null,
        CancellationToken cancellation = default) =>
        Run(encoder, dataset, writer, batchSize, Environment.ProcessorCount, progress, cancellation);

    /// <summary>The same, with a number of threads that decode and resize ahead of the encoder.</summary>
    internal static IReadOnlyList<UnreadableImage> Run(
        IImageEncoder encoder, IDataset dataset, IEmbeddingWriter writer, int batchSize, int loaderThreads, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        var views = encoder.Preprocessing.ToViews();
        var (done, written) = (0, 0);
        var sequence = ViewSequence.Center(dataset.Count, views, batchSize, encoder.Preprocessing.Tiles);
        var unreadable = EncoderPass.Run(encoder, dataset, views, sequence, loaderThreads, Take, cancellation);
        if (written == 0)
        {
            var why = unreadable.Count > 0 ? unreadable[0].Reason : "it is empty";
            throw new InvalidDataException($"No image of {dataset.Name} can be read ({why}); choose other data.");
        }
        writer.Complete();
        return unreadable;

        void Take(long batch, ReadOnlySpan<int> indices, ReadOnlySpan<float> rendered, ReadOnlySpan<float> rows)
        {
            if (indices.Length > 0) writer.Write(rows, Describe(dataset, indices));
            written += indices.Length;
            done = Math.Min(done + sequence.Largest, dataset.Count);
            progress?.Invoke(done);
        }
    }

    private static EmbeddedImage[] Describe(IDataset dataset, ReadOnlySpan<int> indices)
    {
        var images = new EmbeddedImage[indices.Length];
        for (var i = 0; i < images.Length; i++)
        {
            var label = dataset.Label(indices[i]) is { } index ? dataset.Classes[index] : null;
            images[i] = new EmbeddedImage(dataset.ItemName(indices[i]), label);
        }
        return images;
    }
}
