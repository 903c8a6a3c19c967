using System.Text;

namespace Byol.Embeddings;

/// <summary>Fields as RFC 4180 has them, in UTF-8.</summary>
internal static class CsvText
{
    public static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);

    public static string Quote(string? field) => field is null ? ""
        : field.Length == 0 || field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;

    /// <summary>The next record, or null at the end. A field without quotes that is empty is null.</summary>
    public static List<string?>? Read(TextReader reader)
    {
        if (reader.Peek() < 0) return null;
        var fields = new List<string?>();
        while (true)
        {
            fields.Add(reader.Peek() == '"' ? Quoted(reader) : Plain(reader));
            var end = reader.Read();
            if (end == '\r' && reader.Peek() == '\n') end = reader.Read();
            if (end is '\n' or < 0) return fields;
            if (end != ',') throw new FormatException("a quote is followed by more");
        }
    }

    private static string? Plain(TextReader reader)
    {
        var text = new StringBuilder();
        while (reader.Peek() is not (< 0 or ',' or '\n' or '\r')) text.Append((char)reader.Read());
        return text.Length == 0 ? null : text.ToString();
    }

    private static string Quoted(TextReader reader)
    {
        var text = new StringBuilder();
        reader.Read();
        while (reader.Read() is >= 0 and var next)
        {
            if (next == '"' && reader.Peek() != '"') return text.ToString();
            if (next == '"') reader.Read();
            text.Append((char)next);
        }
        throw new FormatException("a quote is not closed");
    }
}
