using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Models;

namespace Byol.Embeddings;

/// <summary>How embedding is done.</summary>
public sealed class EmbeddingOptions
{
    /// <summary>Images that the encoder is given at once; with tiles, tiles.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Threads that decode and resize ahead of the encoder.</summary>
    public int LoaderThreads { get; init; } = Math.Max(1, Environment.ProcessorCount);
}

/// <summary>Images through an encoder: each image becomes a row.</summary>
public static class EmbeddingPass
{
    /// <summary>Embeds a dataset from its first image to its last.</summary>
    /// <param name="encoder">What embeds.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="writer">Where the rows go; it is completed once all are there.</param>
    /// <param name="options">Batch and threads.</param>
    /// <param name="progress">Is told after each batch how many images are done, those that cannot be read among them.</param>
    /// <param name="cancellation">Ends the work between two batches; the writer is not completed.</param>
    /// <returns>Images that could not be read and have no row, in order.</returns>
    /// <exception cref="InvalidDataException">None of the images can be read.</exception>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static IReadOnlyList<UnreadableImage> Run(
        IImageEncoder encoder, IDataset dataset, IEmbeddingWriter writer, EmbeddingOptions options, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        var views = encoder.Preprocessing.ToViews();
        var (done, written) = (0, 0);
        var sequence = ViewSequence.Center(dataset.Count, views, options.BatchSize, encoder.Preprocessing.Tiles);
        var unreadable = EncoderPass.Run(encoder, dataset, views, sequence, options.LoaderThreads, Take, cancellation);
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
