namespace Byol.Data.Datasets;

/// <summary>An image that could not be read.</summary>
public sealed class UnreadableImage
{
    internal UnreadableImage(string name, string reason) =>
        (Name, Reason) = (name, reason);

    /// <summary>Its name in the data.</summary>
    public string Name { get; }

    /// <summary>Why, in one line that names it.</summary>
    public string Reason { get; }
}
