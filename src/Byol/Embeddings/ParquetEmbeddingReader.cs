using Parquet;
using Parquet.Schema;

namespace Byol.Embeddings;

/// <summary>Reads the columns that <see cref="ParquetEmbeddingWriter"/> writes, a row group at a time.</summary>
internal static class ParquetEmbeddingReader
{
    public static EmbeddingSet Read(string path) => ReadAsync(path).GetAwaiter().GetResult();

    private static async Task<EmbeddingSet> ReadAsync(string path)
    {
        using var parts = new EmbeddingCollector();
        EmbeddingSource? source;
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path);
            source = EmbeddingSource.Parse(path, reader.CustomMetadata
                .Where(m => m.Key.StartsWith(ParquetColumns.MetadataPrefix, StringComparison.Ordinal))
                .ToDictionary(m => m.Key[ParquetColumns.MetadataPrefix.Length..], m => m.Value));
            var (name, label, element) = (Column("name"), Column("label"), Column("embedding/list/element"));
            for (var g = 0; g < reader.RowGroupCount; g++)
            {
                using var group = reader.OpenRowGroupReader(g);
                var (names, labels) = (new string[group.RowCount], new string[group.RowCount]);
                await group.ReadAsync(name, names);
                await group.ReadAsync(label, labels);
                var values = new float[group.GetMetadata(element)?.MetaData?.NumValues ?? 0];
                var (whole, levels) = (new int[values.Length], new int[values.Length]);
                await group.ReadRawAsync<float>(element, values, whole, levels);
                if (!AreLists(names.Length, whole, levels)) throw Unfit("its lists have different lengths");
                parts.Write(values, [.. names.Zip(labels, (n, l) => new EmbeddedImage(n, l))]);
            }

            DataField Column(string column) =>
                reader.Schema.GetDataFields().FirstOrDefault(f => f.Path.ToString() == column) ?? throw Unfit($"it has no column {column}");
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            throw Unfit(e.Message.TrimEnd('.'), e);
        }
        var set = parts.ToSet(path);
        set.Source = source;
        return set;

        InvalidDataException Unfit(string why, Exception? cause = null) =>
            new($"{path} cannot be used as embeddings: {why}; write it with EmbeddingPass.Write.", cause);
    }

    // Nothing is missing, and every list begins where it must.
    private static bool AreLists(int rows, int[] whole, int[] levels)
    {
        if (rows == 0 || levels.Length == 0 || levels.Length % rows != 0 || whole.Any(w => w != ParquetColumns.Whole)) return false;
        var length = levels.Length / rows;
        return Enumerable.Range(0, levels.Length).All(i => levels[i] == 0 == (i % length == 0));
    }
}
