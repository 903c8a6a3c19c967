using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Why a file is not among the images, by how its name ends.</summary>
internal static class FileKinds
{
    private static readonly Dictionary<string, string> NotRead = new(StringComparer.OrdinalIgnoreCase)
    {
        [".heic"] = "HEIC", [".heif"] = "HEIF", [".avif"] = "AVIF", [".jxl"] = "JPEG XL", [".jp2"] = "JPEG 2000", [".j2k"] = "JPEG 2000",
        [".ppm"] = "", [".pgm"] = "", [".pbm"] = "", [".pnm"] = "", [".tga"] = "", [".ico"] = "", [".svg"] = "", [".psd"] = "",
        [".exr"] = "", [".hdr"] = "", [".dds"] = "", [".pcx"] = "", [".dcm"] = "DICOM", [".fits"] = "",
        [".cr2"] = "camera raw", [".cr3"] = "camera raw", [".nef"] = "camera raw", [".arw"] = "camera raw", [".dng"] = "camera raw",
        [".orf"] = "camera raw", [".rw2"] = "camera raw", [".raf"] = "camera raw", [".npy"] = "", [".mp4"] = "video", [".mov"] = "video",
        [".avi"] = "video",
    };

    private static readonly string[] Archives = [".tar", ".tgz", ".gz", ".zip", ".7z", ".rar", ".bin", ".parquet", ".byolpack"];

    private static readonly string[] OfOtherPrograms =
        ["@eaDir", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information", "__MACOSX", "lost+found"];

    /// <summary>Whether a folder holds thumbnails, trash and the like.</summary>
    /// <param name="folder">Its name.</param>
    public static bool IsOfOtherPrograms(string folder) => OfOtherPrograms.Contains(folder, StringComparer.OrdinalIgnoreCase);

    /// <summary>Describes a file that is not read as an image, in words that follow a number.</summary>
    /// <param name="name">Its name.</param>
    public static string Reason(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (NotRead.TryGetValue(extension, out var format))
        {
            var known = format.Length == 0 ? "" : $"{format}, ";
            return $"{extension} ({known}not read; convert them to PNG or JPEG)";
        }
        if (IsArchive(name)) return $"{extension} beside the images (name them as data to read them)";
        return extension.Length is > 1 and < 9 ? $"{extension} (no images)" : "other files (no images)";
    }

    /// <summary>Whether a file may hold images, but is none.</summary>
    public static bool IsArchive(string name) => Archives.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The endings of images, for messages.</summary>
    public static string ImageEndings => string.Join(", ", ImageDecoder.Extensions);
}
