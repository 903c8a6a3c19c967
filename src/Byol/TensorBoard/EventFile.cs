using System.Buffers.Binary;
using System.Numerics;
using Byol.Runs;

namespace Byol.TensorBoard;

/// <summary>A file of records as TensorFlow writes them: length, its checksum, content, its checksum. A record is one write, so that a
/// reader never sees a part of one for long.</summary>
internal sealed class EventFile : IDisposable
{
    private const uint MaskDelta = 0xa282ead8;
    private const int Around = sizeof(ulong) + 2 * sizeof(uint);
    private readonly FileStream _file;

    /// <summary>Makes the file.</summary>
    /// <param name="path">It must not be there yet.</param>
    public EventFile(string path) => _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Adds a record.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        var record = new byte[content.Length + Around];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        content.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + content.Length), Masked(content));
        try
        {
            _file.Write(record);
        }
        catch (IOException e)
        {
            throw DurableFiles.NotWritten(_file.Name, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // CRC-32C, turned and shifted: a checksum of data that holds checksums is weak otherwise.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
