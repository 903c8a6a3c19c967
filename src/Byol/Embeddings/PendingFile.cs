namespace Byol.Embeddings;

/// <summary>A file under a temporary name until it is whole; otherwise it goes.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private bool _complete;

    public PendingFile(string path)
    {
        _path = path;
        Stream = new FileStream(Temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
    }

    public FileStream Stream { get; }

    private string Temporary => _path + ".tmp";

    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(Temporary, _path, overwrite: true);
        _complete = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_complete) File.Delete(Temporary);
    }
}
