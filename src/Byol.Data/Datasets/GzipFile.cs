using System.IO.Compression;

namespace Byol.Data.Datasets;

/// <summary>Zipped tars, recognized by their first bytes, with any name.</summary>
internal static class GzipFile
{
    // Photographs are compressed already; a file that grows more than this is not an archive of them.
    private const long MostGrowth = 100, AlwaysAllowed = 16 << 20;
    private const int BufferSize = 1 << 17;

    /// <summary>Whether a file is zipped.</summary>
    public static bool IsOne(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual<byte>([0x1f, 0x8b]);
    }

    /// <summary>Unpacks it to a temporary file, which goes when it is closed.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or grows beyond what images do.</exception>
    /// <exception cref="DatasetException">There is no room for it.</exception>
    public static FileStream Unpack(string path)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"byol-{Guid.NewGuid():N}.tar");
        FileStream? unpacked = null;
        try
        {
            unpacked = new FileStream(
                temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);
            Copy(path, unpacked);
            if (unpacked.Length == 0)
                throw new InvalidDataException($"{path} is not a whole gzip file: there is nothing in it; copy it again.");
            unpacked.Flush();
            unpacked.Position = 0;
            return unpacked;
        }
        catch (Exception e)
        {
            unpacked?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new DatasetException(
                    $"{path} cannot be unpacked to {Path.GetTempPath()} ({e.Message.TrimEnd('.')}); "
                        + "make room there, or unpack it yourself.");
            }
            throw;
        }
    }

    private static void Copy(string path, FileStream unpacked)
    {
        using var file = File.OpenRead(path);
        using var zipped = new GZipStream(file, CompressionMode.Decompress);
        var (buffer, most) = (new byte[BufferSize], AlwaysAllowed + MostGrowth * file.Length);
        while (Read(path, zipped, buffer) is > 0 and var read)
        {
            if (unpacked.Position + read > most)
            {
                throw new InvalidDataException(
                    $"{path} grows to more than {MostGrowth} times its length; unpack it yourself to look at it.");
            }
            unpacked.Write(buffer, 0, read);
        }
    }

    private static int Read(string path, GZipStream zipped, byte[] buffer)
    {
        try
        {
            return zipped.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path} is not a whole gzip file ({e.Message.TrimEnd('.')}); copy it again.", e);
        }
    }
}
