namespace Byol.Data.Datasets;

/// <summary>Images by what a person calls them.</summary>
public static class Images
{
    /// <summary>Opens images.</summary>
    /// <param name="what">A folder of images, WebDataset tars, a pack, a known dataset on this machine, or several of these with commas
    /// between; <c>name:split</c> picks a split. See <see cref="DatasetCatalog"/>.</param>
    /// <exception cref="DatasetException">There are none; the message says what to do.</exception>
    public static IDataset Open(string what) => DatasetCatalog.FromEnvironment().Open(what);
}
