namespace Byol.Encoders;

/// <summary>How the embeddings of an image's tiles become one.</summary>
public enum TilePooling
{
    /// <summary>Their mean in each dimension: it describes the image as a whole.</summary>
    Mean,

    /// <summary>Their maximum in each dimension: the other tiles do not dilute what is in one tile alone.</summary>
    Max,
}
