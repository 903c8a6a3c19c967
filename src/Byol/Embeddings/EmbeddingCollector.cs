using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>Embeddings gathered in memory instead of a file.</summary>
internal sealed class EmbeddingCollector : IEmbeddingWriter
{
    private const int ChunkElements = 1 << 22;   // 16 MB

    private readonly List<Tensor> _chunks = [];
    private readonly List<EmbeddedImage> _images = [];
    private readonly List<float> _open = [];
    private int _dimension;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images)
    {
        if (images.Count == 0) return;
        _dimension = rows.Length / images.Count;
        _open.AddRange(rows);
        _images.AddRange(images);
        if (_open.Count >= ChunkElements) Close();
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>All of them.</summary>
    /// <param name="name">The name of their source in messages.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public EmbeddingSet ToSet(string name)
    {
        Close();
        if (_chunks.Count == 0) throw new InvalidDataException($"{name} holds no embedding; embed at least one image that can be read.");
        return new EmbeddingSet((_chunks.Count == 1 ? _chunks[0].alias() : cat(_chunks, 0)).DetachFromDisposeScope(), [.. _images]);
    }

    private void Close()
    {
        if (_open.Count == 0) return;
        var chunk = empty(_open.Count / _dimension, _dimension);
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_open)).CopyTo(chunk.bytes);
        _chunks.Add(chunk.DetachFromDisposeScope());
        _open.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in _chunks) chunk.Dispose();
    }
}
