namespace Byol.Data.Datasets;

/// <summary>An image that could not be read.</summary>
/// <param name="Name">Its name in the data.</param>
/// <param name="Reason">Why, in one line that names it.</param>
public sealed record UnreadableImage(string Name, string Reason);
