namespace Byol.Cli.Terminal;

/// <summary>Files that have their name only once all of them is there.</summary>
internal static class WholeFile
{
    /// <summary>Writes one; what is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            using (var stream = File.Create(temporary)) write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes text, in UTF-8.</summary>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
