using System.Buffers.Binary;
using System.IO.Compression;

namespace Byol.Data.Images;

/// <summary>The colors of a PNG of 16 bits as they are in the file; the codec gives eight of them, and of gray no more than that.</summary>
internal sealed class PngSamples
{
    private const int Signature = 8, HeaderAt = 16, HeaderLength = 13, ChunkFrame = 12, MostDeflation = 1100;

    // Interlacing: seven passes over ever finer grids.
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private readonly byte[] _compressed;
    private readonly bool _isInterlaced;

    /// <summary>Takes a pixel.</summary>
    /// <param name="at">Its place: row × width + column.</param>
    /// <param name="samples">Two bytes each, the high one first: gray, gray and alpha, RGB, or RGBA.</param>
    public delegate void TakePixel(int at, ReadOnlySpan<byte> samples);

    /// <summary>Reads the header.</summary>
    /// <param name="png">A whole file, for which <see cref="AreIn"/> holds.</param>
    public PngSamples(ReadOnlySpan<byte> png)
    {
        var header = png.Slice(HeaderAt, HeaderLength);
        (Width, Height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        (Channels, _isInterlaced) = (ChannelsOf(header[9]), header[12] == 1);
        using var data = new MemoryStream();
        for (var at = Signature; at + ChunkFrame <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - ChunkFrame) break;
            if (png.Slice(at + 4, 4).SequenceEqual("IDAT"u8)) data.Write(png.Slice(at + 8, (int)length));
            at += ChunkFrame + (int)length;
        }
        _compressed = data.ToArray();
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 to 4.</summary>
    public int Channels { get; }

    /// <summary>Whether a file is a PNG with 16 bits a color.</summary>
    public static bool AreIn(ReadOnlySpan<byte> file) => file.Length > HeaderAt + HeaderLength
        && file[1..4].SequenceEqual("PNG"u8) && file[HeaderAt + 8] == ImageOptions.FullDepth && ChannelsOf(file[HeaderAt + 9]) > 0;

    /// <summary>Hands on every pixel.</summary>
    /// <exception cref="InvalidDataException">The pixels are damaged or cut short.</exception>
    public void ForEach(TakePixel take)
    {
        // Nothing is allocated for more than the compressed bytes can become.
        if (Width < 1 || Height < 1 || 2L * Width * Height * Channels / MostDeflation > _compressed.Length)
            throw new InvalidDataException("the pixels end early");
        using var zlib = new ZLibStream(new MemoryStream(_compressed), CompressionMode.Decompress);
        foreach (var (x, y, stepX, stepY) in _isInterlaced ? Adam7 : [(0, 0, 1, 1)])
        {
            var (columns, rows) = ((Width - x + stepX - 1) / stepX, (Height - y + stepY - 1) / stepY);
            if (columns <= 0 || rows <= 0) continue;
            var pixel = 2 * Channels;
            var (row, above) = (new byte[columns * pixel], new byte[columns * pixel]);
            for (var r = 0; r < rows; r++)
            {
                var filter = zlib.ReadByte();
                if (filter < 0 || zlib.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                    throw new InvalidDataException("the pixels end early");
                Undo(filter, row, above, pixel);
                for (var c = 0; c < columns; c++) take((y + r * stepY) * Width + x + c * stepX, row.AsSpan(c * pixel, pixel));
                (row, above) = (above, row);
            }
        }
    }

    // Each byte was written as its difference from what its neighbors let expect.
    private static void Undo(int filter, byte[] row, byte[] above, int pixel)
    {
        if (filter > 4) throw new InvalidDataException($"filter {filter} is not known");
        for (var i = 0; i < row.Length; i++)
        {
            var (left, up, corner) = (i < pixel ? 0 : row[i - pixel], (int)above[i], i < pixel ? 0 : above[i - pixel]);
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => 0,
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (toLeft, toUp, toCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - 2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static int ChannelsOf(byte colorType) => colorType switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
}
