using System.IO.Hashing;
using System.Runtime.InteropServices;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>Takes the embeddings of a batch.</summary>
/// <param name="batch">Its number, from 0.</param>
/// <param name="indices">Its images in their dataset, n; those that cannot be read are not among them.</param>
/// <param name="views">[n,S,S,3], what was encoded; gone after the call.</param>
/// <param name="rows">[n,D], row by row; gone after the call.</param>
internal delegate void TakeRows(long batch, ReadOnlySpan<int> indices, ReadOnlySpan<float> views, ReadOnlySpan<float> rows);

/// <summary>Images through an encoder: the one way from a dataset to embeddings, in order, with views rendered ahead.</summary>
internal static class EncoderPass
{
    /// <summary>Images that an encoder is given at once when it is evaluated.</summary>
    public const int EvaluationBatch = 256;

    /// <summary>Encodes a sequence of views.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="views">How views are rendered, at the size of the encoder's input; they are not normalized.</param>
    /// <param name="sequence">Which views.</param>
    /// <param name="threads">Threads that decode and render.</param>
    /// <param name="take">Takes the embeddings of each batch, empty ones too.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <returns>Images that cannot be read, in the dataset's order.</returns>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    public static IReadOnlyList<UnreadableImage> Run(
        IImageEncoder encoder, IDataset dataset, ViewOptions views, ViewSequence sequence, int threads, TakeRows take,
        CancellationToken cancellation)
    {
        using var loader = new SingleViewLoader(dataset, views, sequence, threads);
        var (parts, dimension) = (sequence.ViewsPerImage, encoder.Dimension);
        var memory = new float[sequence.Largest * parts * dimension];
        while (loader.Next(cancellation) is { } batch)
        {
            var rows = memory.AsSpan(0, batch.Count * parts * dimension);
            if (batch.Count > 0)
                Encode(encoder, batch.Pixels, batch.Count * parts, rows, row => dataset.ItemName(batch.Indices[row / parts]));
            take(batch.Number, batch.Indices, batch.Pixels, Pool(rows, parts, dimension, encoder.Preprocessing.TilePooling));
        }
        return loader.Unreadable;
    }

    /// <summary>Encodes a sequence of views, none of which may be unreadable, into one tensor.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="views">How views are rendered.</param>
    /// <param name="sequence">Which views.</param>
    /// <param name="count">N, how many there are.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <param name="digests">N digests of the views, written: equal where two images look the same to the encoder; null for none.</param>
    /// <returns>[N,D] fp32, on the processor; the caller's dispose scope owns it.</returns>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    public static Tensor Rows(
        IImageEncoder encoder, IDataset dataset, ViewOptions views, ViewSequence sequence, int count, CancellationToken cancellation,
        UInt128[]? digests = null)
    {
        var all = empty(count, encoder.Dimension);
        var filled = 0;
        try
        {
            var unreadable = Run(encoder, dataset, views, sequence, Environment.ProcessorCount, Take, cancellation);
            return unreadable.Count == 0 ? all : throw new InvalidDataException(unreadable[0].Reason);
        }
        catch
        {
            all.Dispose();
            throw;
        }

        void Take(long batch, ReadOnlySpan<int> indices, ReadOnlySpan<float> rendered, ReadOnlySpan<float> rows)
        {
            if (indices.Length == 0) return;
            for (var i = 0; digests is not null && i < indices.Length; i++)
            {
                var length = rendered.Length / indices.Length;
                digests[filled + i] = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(rendered.Slice(i * length, length)));
            }
            using var part = all.narrow(0, filled, indices.Length);
            MemoryMarshal.AsBytes(rows).CopyTo(part.bytes);
            filled += indices.Length;
        }
    }

    /// <summary>Makes one embedding of those of an image's tiles, in place.</summary>
    /// <param name="rows">[n,V,D].</param>
    /// <param name="parts">V.</param>
    /// <param name="dimension">D.</param>
    /// <param name="pooling">How.</param>
    /// <returns>[n,D], the beginning of what was given.</returns>
    internal static Span<float> Pool(Span<float> rows, int parts, int dimension, TilePooling pooling)
    {
        if (parts == 1) return rows;
        var count = rows.Length / (parts * dimension);
        for (var i = 0; i < count; i++)
        {
            var pooled = rows.Slice(i * dimension, dimension);
            rows.Slice(i * parts * dimension, dimension).CopyTo(pooled);
            for (var part = 1; part < parts; part++)
            {
                var other = rows.Slice((i * parts + part) * dimension, dimension);
                for (var d = 0; d < dimension; d++)
                    pooled[d] = pooling == TilePooling.Max ? Math.Max(pooled[d], other[d]) : pooled[d] + other[d];
            }
            for (var d = 0; d < dimension && pooling == TilePooling.Mean; d++) pooled[d] /= parts;
        }
        return rows[..(count * dimension)];
    }

    /// <summary>Encodes views; all embeddings of every encoder pass through here.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="pixels">[n,S,S,3] in [0,1].</param>
    /// <param name="count">n.</param>
    /// <param name="rows">[n,D], written.</param>
    /// <param name="name">Names an image by its row.</param>
    /// <exception cref="NonFiniteEmbeddingException">An embedding is not finite; the message names the image.</exception>
    public static void Encode(IImageEncoder encoder, ReadOnlySpan<float> pixels, int count, Span<float> rows, Func<int, string> name)
    {
        try
        {
            encoder.Encode(pixels, count, rows);
            NonFiniteEmbeddingException.ThrowIfAny(rows, encoder.Dimension);
        }
        catch (NonFiniteEmbeddingException e)
        {
            throw e.Of(name(e.Row));
        }
    }
}
