using Parquet;

namespace Byol.Embeddings;

/// <summary>Parquet: the columns name, label and embedding, a list of D floats; a row group for every few thousand images.</summary>
internal sealed class ParquetEmbeddingWriter : IEmbeddingWriter
{
    private const int GroupElements = 1 << 20;   // floats of a row group: 4 MB

    private readonly PendingFile _file;
    private readonly ParquetWriter _writer;
    private readonly int _dimension;
    private readonly float[] _rows;
    private readonly List<EmbeddedImage> _images = [];

    public ParquetEmbeddingWriter(string path, int dimension, EmbeddingSource? source)
    {
        _dimension = dimension;
        _rows = new float[Math.Max(1, GroupElements / dimension) * dimension];
        _file = new PendingFile(path);
        _writer = Wait(ParquetWriter.CreateAsync(ParquetColumns.Schema, _file.Stream));
        if (source is not null)
            _writer.CustomMetadata = source.ToMetadata().ToDictionary(m => ParquetColumns.MetadataPrefix + m.Key, m => m.Value);
    }

    public void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images)
    {
        for (var i = 0; i < images.Count; i++)
        {
            rows.Slice(i * _dimension, _dimension).CopyTo(_rows.AsSpan(_images.Count * _dimension));
            _images.Add(images[i]);
            if (_images.Count * _dimension == _rows.Length) WriteGroup();
        }
    }

    public void Complete()
    {
        WriteGroup();
        Wait(_writer.DisposeAsync().AsTask());
        _file.Complete();
    }

    private void WriteGroup()
    {
        if (_images.Count == 0) return;
        using (var group = _writer.CreateRowGroup())
        {
            Wait(group.WriteAsync(ParquetColumns.Name, [.. _images.Select(i => i.Name)]));
            Wait(group.WriteAsync(ParquetColumns.Label, [.. _images.Select(i => i.Label)]));
            var (whole, levels) = (new int[_images.Count * _dimension], new int[_images.Count * _dimension]);
            Array.Fill(whole, ParquetColumns.Whole);
            for (var i = 0; i < levels.Length; i++) levels[i] = i % _dimension == 0 ? 0 : 1;   // 0 begins a list, 1 continues it
            Wait(group.WriteAllPartsAsync<float>(
                ParquetColumns.Element, _rows.AsMemory(0, levels.Length), whole, levels, CancellationToken.None));
        }
        _images.Clear();
    }

    // The stream is a file's: there is nothing to wait for.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    public void Dispose() => _file.Dispose();
}
