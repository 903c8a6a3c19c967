namespace Byol.Web;

/// <summary>A file of a run as it is handed out.</summary>
internal static class ServedFile
{
    private const long Largest = 64 << 20;

    /// <summary>Its content; null if it is missing, far too large, or a link: that might lead out of the folder.</summary>
    public static ReadOnlyMemory<byte>? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: < Largest }) return null;
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
