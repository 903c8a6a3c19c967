namespace Byol.Encoders;

/// <summary>How the embeddings of an image's tiles become one.</summary>
public enum TilePooling
{
    /// <summary>Their mean, dimension by dimension: what the image is like as a whole.</summary>
    Mean,

    /// <summary>Their maximum, dimension by dimension: what is in one tile alone is not diluted by the others.</summary>
    Max,
}
