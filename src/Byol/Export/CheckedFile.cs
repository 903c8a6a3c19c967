namespace Byol.Export;

/// <summary>Files that appear under their name once they have been checked, and not at all otherwise.</summary>
internal static class CheckedFile
{
    /// <summary>Writes a file under a temporary name beside its own, checks it there and gives it its name.</summary>
    /// <param name="path">The file; what was there stays until then.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="check">Receives the temporary name; throws if the file will not do.</param>
    /// <exception cref="ArgumentException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write, Action<string> check)
    {
        var temporary = $"{Path.ChangeExtension(path, null)}.tmp{Path.GetExtension(path)}";   // the ending says how it is read
        try
        {
            using (var stream = Create(path, temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            check(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw;
        }
    }

    private static FileStream Create(string path, string temporary)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{path} cannot be written ({e.Message.TrimEnd('.')}); choose another file.", e);
        }
    }
}
