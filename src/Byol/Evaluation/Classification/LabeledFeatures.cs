using System.Runtime.InteropServices;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Evaluation.Classification;

/// <summary>The features of labeled images; those that cannot be read are left out and named.</summary>
/// <param name="Features">[N,D] fp32.</param>
/// <param name="Indices">Where the N images lie in their dataset.</param>
/// <param name="Labels">N class indices.</param>
/// <param name="Unreadable">The images that are left out.</param>
internal sealed record LabeledFeatures(
    Tensor Features, IReadOnlyList<int> Indices, IReadOnlyList<int> Labels, IReadOnlyList<UnreadableImage> Unreadable) : IDisposable
{
    private const int BatchSize = 64;

    /// <summary>Encodes every image as the encoder needs it.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The images to learn from.</param>
    /// <param name="progress">Receives the number of finished images, and of all images.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    public static LabeledFeatures Encode(
        IImageEncoder encoder, EvaluationTask task, Action<int, int>? progress, CancellationToken cancellation)
    {
        var (data, prepared) = (task.Train, encoder.Preprocessing.ToViews());
        var sequence = ViewSequence.Center(data.Count, prepared, BatchSize, encoder.Preprocessing.Tiles);
        var (all, kept, done) = (empty(data.Count, encoder.Dimension), new List<int>(), 0);
        using (all)
        {
            var unreadable = EncoderPass.Run(encoder, data, prepared, sequence, Environment.ProcessorCount, Take, cancellation);
            using var rows = all.narrow(0, 0, kept.Count);
            var features = rows.clone().DetachFromDisposeScope();
            return new LabeledFeatures(features, kept, [.. kept.Select(i => task.TrainLabels[i])], unreadable);
        }

        void Take(long batch, ReadOnlySpan<int> indices, ReadOnlySpan<float> views, ReadOnlySpan<float> rows)
        {
            if (indices.Length > 0)
            {
                using var part = all.narrow(0, kept.Count, indices.Length);
                MemoryMarshal.AsBytes(rows).CopyTo(part.bytes);
                kept.AddRange(indices);
            }
            done = Math.Min(done + sequence.Largest, data.Count);
            progress?.Invoke(done, data.Count);
        }
    }

    /// <summary>The features of some of the images.</summary>
    /// <param name="rows">Which of the N.</param>
    /// <returns>[M,D] fp32; the caller's dispose scope owns it.</returns>
    public Tensor Rows(IReadOnlyList<int> rows)
    {
        using var indices = tensor(rows.Select(i => (long)i).ToArray());
        return Features.index_select(0, indices);
    }

    /// <inheritdoc/>
    public void Dispose() => Features.Dispose();
}
