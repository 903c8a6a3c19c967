namespace Byol.Data.Datasets;

/// <summary>A tar file whose entries for long names and attributes are limited in length: TarReader allocates memory for a whole one,
/// as long as its header claims, before it reads a byte of it.</summary>
/// <param name="tar">The file; the caller's.</param>
internal sealed class TarStream(Stream tar) : Stream
{
    private const int Block = 512, SizeAt = 124, SizeLength = 12, TypeAt = 156;
    private const long LongestMetadata = 1 << 20, Huge = long.MaxValue / 512;

    private long _namesEnd;

    // TarReader seeks over what it does not need: all it reads are headers, and after one of names its names, which can look like a header.
    // It checks no checksum, so neither does this.
    public override int Read(Span<byte> buffer)
    {
        var atHeader = buffer.Length == Block && tar.Position >= _namesEnd;
        var read = tar.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (!atHeader || read < Block || (char)buffer[TypeAt] is not ('x' or 'g' or 'L' or 'K')) return read;
        var size = Number(buffer.Slice(SizeAt, SizeLength));
        if (size > LongestMetadata) throw new FormatException($"an entry for a long name claims {size} bytes, more than {LongestMetadata}");
        _namesEnd = tar.Position + size;
        return read;
    }

    // Octal digits, or from a first bit on a number in base 256.
    private static long Number(ReadOnlySpan<byte> field)
    {
        var (isBinary, number) = (field[0] >= 0x80, 0L);
        for (var i = 0; i < field.Length; i++)
        {
            if (isBinary) number = Math.Min(Huge, number * 256 + (i == 0 ? field[i] & 0x7f : field[i]));
            else if (field[i] is >= (byte)'0' and <= (byte)'7') number = Math.Min(Huge, number * 8 + field[i] - '0');
        }
        return number;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => tar.Length;

    public override long Position
    {
        get => tar.Position;
        set => tar.Position = value;
    }

    public override long Seek(long offset, SeekOrigin origin) => tar.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
