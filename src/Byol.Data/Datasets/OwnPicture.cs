using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Whether a file is a picture that Byol made of images, and so not an image to train on.</summary>
internal static class OwnPicture
{
    /// <summary>Looks at how a PNG begins.</summary>
    /// <param name="path">A file.</param>
    public static bool Is(string path)
    {
        Span<byte> start = stackalloc byte[PngMark.Length];
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.None);
            return RandomAccess.Read(file, start, 0) == start.Length && PngMark.IsIn(start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // the reader reports it
        }
    }
}
