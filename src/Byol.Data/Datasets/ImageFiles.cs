using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Image files on disk, each opened when its image is asked for.</summary>
/// <param name="folder">Where the names begin.</param>
/// <param name="files">The images, several of which may be pages of one file.</param>
/// <param name="options">How they become pixels.</param>
internal sealed class ImageFiles(string folder, IReadOnlyList<ImageFile> files, ImageOptions options)
{
    public int Count => files.Count;

    /// <summary>How they become pixels.</summary>
    public ImageOptions Options => options;

    /// <summary>The name of one image.</summary>
    public string Name(int index) => files[index].Name;

    /// <summary>The length of its file when it was found, in bytes.</summary>
    public long Length(int index) => files[index].Length;

    /// <summary>Decodes one image.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message names its file.</exception>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var file = Path.Combine(folder, files[index].File);
        return ImageDecoder.Decode(Bytes(file, buffer), Path.Combine(folder, Name(index)), buffer, options, page: files[index].Page);
    }

    /// <summary>Bits that the colors of an image of 16 bits use; null for other images.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message names its file.</exception>
    public int? BitsInUse(int index) =>
        ImageDecoder.BitsInUse(Bytes(Path.Combine(folder, files[index].File), new ImageBuffer()), files[index].Page);

    private static ReadOnlyMemory<byte> Bytes(string file, ImageBuffer buffer)
    {
        try
        {
            using var handle = File.OpenHandle(file);
            var length = RandomAccess.GetLength(handle);
            if (length > Array.MaxLength)
                throw new InvalidDataException($"{file} has {length} bytes, more than an image file may have ({Array.MaxLength}).");
            return buffer.ReadFile(handle, 0, (int)length, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read ({e.Message.TrimEnd('.')}); check its rights.", e);
        }
    }
}
