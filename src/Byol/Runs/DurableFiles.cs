using System.Runtime.InteropServices;

namespace Byol.Runs;

/// <summary>What it takes for files to outlast a power cut, and what is said where it fails.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0, Interrupted = 4, InvalidArgument = 22;

    /// <summary>Flushes a folder to disk: a name that was given or taken in it lasts for certain only then. Windows has no call for it; its
    /// file system keeps a journal of names.</summary>
    /// <exception cref="IOException">The disk says that it failed.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Open(path, ReadOnly);
        if (folder < 0) throw Failed(path);
        try
        {
            SyncOrThrow(folder, path);
        }
        finally
        {
            _ = Close(folder);
        }
    }

    /// <summary>Flushes a file to disk. <see cref="FileStream.Flush(bool)"/> says nothing if the disk says that it failed.</summary>
    /// <exception cref="IOException">The disk says that it failed.</exception>
    public static void Flush(FileStream file)
    {
        file.Flush(flushToDisk: OperatingSystem.IsWindows());
        if (!OperatingSystem.IsWindows()) SyncOrThrow((int)file.SafeFileHandle.DangerousGetHandle(), file.Name);
    }

    private static void SyncOrThrow(int file, string path)
    {
        while (Sync(file) < 0)
        {
            if (Marshal.GetLastPInvokeError() is InvalidArgument) return;   // a file system that flushes by itself
            if (Marshal.GetLastPInvokeError() is not Interrupted) throw Failed(path);
        }
    }

    /// <summary>Flushes the folder that a file or folder lies in.</summary>
    public static void FlushFolderOf(string path) => FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Makes a folder whose name lasts.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;
        Directory.CreateDirectory(path);
        FlushFolderOf(path);
    }

    /// <summary>The one line for a file that could not be written.</summary>
    public static IOException NotWritten(string path, Exception e) =>
        new(
            $"{path} could not be written ({Reason(e)}); make room there, or check the disk and its rights, "
                + "then repeat, or resume the run.",
            e);

    /// <summary>Removes a file or folder where that is possible: after an error there is another to report.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start removes it.
        }
    }

    /// <summary>An error's words without the path that the system puts at their end.</summary>
    public static string Reason(Exception e) => e.Message.Split(" : '")[0].TrimEnd('.', ' ');

    private static IOException Failed(string path) =>
        new($"{Marshal.GetLastPInvokeErrorMessage()} : '{path}'", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
