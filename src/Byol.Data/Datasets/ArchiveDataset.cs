using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images in archives that are read in place: what tar and zip have in common.</summary>
/// <param name="name">The name in messages.</param>
/// <param name="options">How images become pixels; null for the defaults.</param>
internal abstract class ArchiveDataset(string name, ImageOptions? options) : IDataset, IDatasetDetails, IDisposable
{
    private ArchiveImages? _images;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Count => Images.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => Images.Classes;

    /// <inheritdoc/>
    public DatasetNotes Notes => Images.Notes;

    /// <inheritdoc/>
    public ImageOptions Options { get; } = options ?? DatasetDetails.Defaults;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) =>
        ImageDecoder.Decode(Bytes(index, buffer), FullName(index), buffer, Options, page: Images[index].Image.Page);

    /// <inheritdoc/>
    public int? Label(int index) => Images.Label(index);

    /// <inheritdoc/>
    public string ItemName(int index) => Images.Name(index);

    /// <inheritdoc/>
    public long Size(int index) => Images[index].Image.Length;

    /// <inheritdoc/>
    public int? BitsInUse(int index) => ImageDecoder.BitsInUse(Bytes(index, new ImageBuffer()), Images[index].Image.Page);

    /// <summary>Closes the archives: no image can be read afterwards.</summary>
    public abstract void Dispose();

    /// <summary>Takes what the archives hold; called once, when they are indexed.</summary>
    /// <exception cref="DatasetException">There is no image in them.</exception>
    protected void Take(IReadOnlyList<ArchiveIndex> archives) => _images = new ArchiveImages(name, archives);

    /// <summary>The bytes of an image's file.</summary>
    /// <param name="archive">Which archive it lies in.</param>
    /// <param name="image">Where.</param>
    /// <param name="fullName">The name in messages.</param>
    /// <param name="buffer">Memory for them.</param>
    /// <exception cref="InvalidDataException">They cannot be read; the message names the image.</exception>
    protected abstract ReadOnlyMemory<byte> Bytes(int archive, ArchiveImage image, string fullName, ImageBuffer buffer);

    private ArchiveImages Images => _images ?? throw new InvalidOperationException("The archives were not indexed.");

    private string FullName(int index) => $"{ItemName(index)} in {name}";

    private ReadOnlyMemory<byte> Bytes(int index, ImageBuffer buffer)
    {
        var (archive, image) = Images[index];
        return Bytes(archive, image, FullName(index), buffer);
    }
}
