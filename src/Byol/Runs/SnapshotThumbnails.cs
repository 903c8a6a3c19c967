using System.Runtime.InteropServices;

namespace Byol.Runs;

/// <summary>Small JPEGs of the images of a run's <see cref="EmbeddingSnapshot"/>, in the same order.</summary>
internal sealed class SnapshotThumbnails
{
    private readonly ReadOnlyMemory<byte> _files;
    private readonly long[] _ends;

    private SnapshotThumbnails(ReadOnlyMemory<byte> files, long[] ends) => (_files, _ends) = (files, ends);

    /// <summary>N.</summary>
    public int Count => _ends.Length;

    /// <summary>Where a run keeps them.</summary>
    /// <param name="run">A run folder.</param>
    public static string PathIn(string run) => Path.Combine(run, "thumbnails.safetensors");

    /// <summary>The JPEG of an image; empty if it could not be read.</summary>
    public ReadOnlyMemory<byte> this[int index] => _files[(int)(index == 0 ? 0 : _ends[index - 1])..(int)_ends[index]];

    /// <summary>Writes them into the folder of their run.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(string run, IReadOnlyList<byte[]> thumbnails)
    {
        var ends = new long[thumbnails.Count];
        for (var i = 0; i < ends.Length; i++) ends[i] = (i == 0 ? 0 : ends[i - 1]) + thumbnails[i].Length;
        var files = new byte[ends.Length == 0 ? 0 : ends[^1]];
        for (var i = 0; i < ends.Length; i++) thumbnails[i].CopyTo(files.AsSpan((int)(ends[i] - thumbnails[i].Length)));
        RunDirectory.Write(PathIn(run), stream => SnapshotFile.Write(stream, new Dictionary<string, string>(),
        [
            ("ends", new SnapshotFile.Part("I64", [ends.Length], SnapshotFile.Bytes(ends))),
            ("jpeg", new SnapshotFile.Part("U8", [files.Length], files)),
        ]));
    }

    /// <summary>Reads those of a run; none if they are missing, damaged, or of another number of images.</summary>
    /// <param name="run">A run folder.</param>
    /// <param name="count">How many there should be.</param>
    public static SnapshotThumbnails? Read(string run, int count)
    {
        try
        {
            var (_, parts) = SnapshotFile.Read(PathIn(run));
            if (!parts.TryGetValue("ends", out var ends) || !parts.TryGetValue("jpeg", out var files) || ends.Type != "I64") return null;
            var all = MemoryMarshal.Cast<byte, long>(ends.Bytes.Span).ToArray();
            var rises = all.Zip(all.Skip(1)).All(p => p.First <= p.Second);
            return all.Length == count && rises && (count == 0 || (all[0] >= 0 && all[^1] == files.Bytes.Length))
                ? new SnapshotThumbnails(files.Bytes, all) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
