using System.Runtime.InteropServices;
using System.Text;

namespace Byol.Embeddings;

/// <summary>NumPy's format, version 1.0: an array [N,D] of little-endian fp32. Names and labels lie in a .names.csv beside it.</summary>
internal sealed class NpyWriter : IEmbeddingWriter
{
    public const int HeaderLength = 128;   // a multiple of 64, with room for any N and D: N is known at the end only

    /// <summary>How a file of version 1.0 begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    private readonly PendingFile _array, _names;
    private readonly StreamWriter _text;
    private readonly int _dimension;
    private readonly EmbeddingSource? _source;
    private long _count;

    public NpyWriter(string path, int dimension, EmbeddingSource? source)
    {
        (_dimension, _source) = (dimension, source);
        _array = new PendingFile(path);
        _names = new PendingFile(NamesOf(path));
        _text = CsvText.Writer(_names.Stream);
        _array.Stream.Write(Header(0, dimension));
        _text.Write("name,label\n");
    }

    /// <summary>Where the names lie.</summary>
    public static string NamesOf(string path) => Path.ChangeExtension(path, ".names.csv");

    public void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images)
    {
        _array.Stream.Write(MemoryMarshal.AsBytes(rows[..checked(images.Count * _dimension)]));
        foreach (var image in images) _text.Write($"{CsvText.Quote(image.Name)},{CsvText.Quote(image.Label)}\n");
        _count += images.Count;
    }

    public void Complete()
    {
        _array.Stream.Position = 0;
        _array.Stream.Write(Header(_count, _dimension));
        _text.Flush();
        _names.Complete();
        SourceFile.Complete(_array, _source);
    }

    public static byte[] Header(long count, int dimension)
    {
        var bytes = new byte[HeaderLength];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        (bytes[8], bytes[9], bytes[^1]) = (HeaderLength - 10, 0, (byte)'\n');
        Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {dimension}), }}", bytes.AsSpan(10));
        return bytes;
    }

    public void Dispose()
    {
        _array.Dispose();
        _names.Dispose();
    }
}
