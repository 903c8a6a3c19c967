using System.Globalization;

namespace Byol.Embeddings;

/// <summary>Text: a line of name, label, e0, e1 … for each image; numbers have all digits that bring the same float back.</summary>
internal sealed class CsvWriter : IEmbeddingWriter
{
    private readonly PendingFile _file;
    private readonly StreamWriter _text;
    private readonly int _dimension;
    private readonly EmbeddingSource? _source;

    public CsvWriter(string path, int dimension, EmbeddingSource? source)
    {
        (_dimension, _source) = (dimension, source);
        _file = new PendingFile(path);
        _text = CsvText.Writer(_file.Stream);
        _text.Write("name,label");
        for (var d = 0; d < dimension; d++) _text.Write(string.Create(CultureInfo.InvariantCulture, $",e{d}"));
        _text.Write('\n');
    }

    public void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images)
    {
        Span<char> number = stackalloc char[32];
        for (var i = 0; i < images.Count; i++)
        {
            _text.Write($"{CsvText.Quote(images[i].Name)},{CsvText.Quote(images[i].Label)}");
            foreach (var value in rows.Slice(i * _dimension, _dimension))
            {
                value.TryFormat(number, out var length, default, CultureInfo.InvariantCulture);
                _text.Write(',');
                _text.Write(number[..length]);
            }
            _text.Write('\n');
        }
    }

    public void Complete()
    {
        _text.Flush();
        SourceFile.Complete(_file, _source);
    }

    public void Dispose() => _file.Dispose();
}
