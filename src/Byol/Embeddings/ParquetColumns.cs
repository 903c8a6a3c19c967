using Parquet.Schema;

namespace Byol.Embeddings;

/// <summary>The columns of embeddings in Parquet.</summary>
internal static class ParquetColumns
{
    /// <summary>The definition level of a number in a list, neither of which is missing.</summary>
    public const int Whole = 2;

    /// <summary>What begins the keys of our metadata: other programs add theirs.</summary>
    public const string MetadataPrefix = "byol.";

    public static DataField Name { get; } = new DataField<string>("name", nullable: false);

    public static DataField Label { get; } = new DataField<string>("label", nullable: true);

    public static DataField Element { get; } = new DataField<float>("element", nullable: false);

    public static ParquetSchema Schema { get; } = new(Name, Label, new ListField("embedding", Element));
}
