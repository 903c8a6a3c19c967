namespace Byol.Embeddings;

/// <summary>A file under a temporary name until it is complete; otherwise it goes.</summary>
internal sealed class PendingFile : IDisposable
{
    private bool _complete;

    public PendingFile(string path)
    {
        Path = path;
        Stream = new FileStream(Temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
    }

    /// <summary>The name that it will have.</summary>
    public string Path { get; }

    public FileStream Stream { get; }

    private string Temporary => Path + ".tmp";

    public void Flush() => Stream.Flush(flushToDisk: true);

    public void Complete()
    {
        Flush();
        Stream.Dispose();
        File.Move(Temporary, Path, overwrite: true);
        _complete = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_complete) File.Delete(Temporary);
    }
}
