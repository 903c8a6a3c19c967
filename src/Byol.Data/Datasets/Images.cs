using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Opens images by name or path.</summary>
public static class Images
{
    /// <summary>Opens images.</summary>
    /// <param name="what">A folder of images, an archive or a list of them, a pack, a known dataset on this machine, or several of these
    /// with
    /// commas between; <c>name:split</c> picks a split. See <see cref="DatasetCatalog.Open"/>.</param>
    /// <exception cref="DatasetException">There are no images; the message says what to do.</exception>
    /// <param name="options">How files become pixels; null for the defaults.</param>
    public static IDataset Open(string what, ImageOptions? options = null) => DatasetCatalog.FromEnvironment().Open(what, options);
}
