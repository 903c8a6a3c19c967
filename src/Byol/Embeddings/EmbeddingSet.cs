using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>An image that was embedded.</summary>
public sealed class EmbeddedImage
{
    internal EmbeddedImage(string name, string? label) => (Name, Label) = (name, label);

    /// <summary>Its name in its data.</summary>
    public string Name { get; }

    /// <summary>Its class, or null.</summary>
    public string? Label { get; }
}

/// <summary>Embeddings in memory, with names and labels of their images.</summary>
public sealed class EmbeddingSet : IDisposable
{
    internal EmbeddingSet(Tensor values, IReadOnlyList<EmbeddedImage> images) => (Values, Images) = (values, images);

    /// <summary>[N,D] fp32, on the processor.</summary>
    public Tensor Values { get; }

    /// <summary>N images, in the same order.</summary>
    public IReadOnlyList<EmbeddedImage> Images { get; }

    /// <summary>What made the embeddings; null if it is not known.</summary>
    public EmbeddingSource? Source { get; internal set; }

    /// <summary>D.</summary>
    public int Dimension => (int)Values.shape[1];

    /// <summary>Divides every embedding by its length, in place, because a second copy of a million is gigabytes. Zeros stay
    /// zeros.</summary>
    /// <returns>This set.</returns>
    public EmbeddingSet Normalize()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar least = 1e-37;
        // By the largest first: the squares of what fp32 holds may leave its range.
        Values.div_(maximum(Values.amax([1], keepdim: true), Values.amin([1], keepdim: true).neg()).clamp_min_(least));
        Values.div_(Values.norm(1, keepdim: true).clamp_min_(least));
        return this;
    }

    /// <summary>Rows that are all zeros: they have no direction, and so no cosine with any other.</summary>
    public IReadOnlyList<int> Zeros()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var lengths = Values.norm(1).data<float>().ToArray();   // [N]
        return [.. Enumerable.Range(0, lengths.Length).Where(i => lengths[i] == 0)];
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();
}
