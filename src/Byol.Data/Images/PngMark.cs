namespace Byol.Data.Images;

/// <summary>A mark in a PNG that says that Byol drew it: a text chunk right behind the header.</summary>
internal static class PngMark
{
    private const int HeaderEnd = 33;   // signature and IHDR

    // Length, kind, "Software", 0, "Byol sheet", and the checksum of the kind and what follows it.
    private static readonly byte[] Chunk =
        [0, 0, 0, 19, .. "tEXtSoftware\0Byol sheet"u8, .. Checksum("tEXtSoftware\0Byol sheet"u8)];

    /// <summary>Bytes from the beginning of a file to the end of the mark.</summary>
    public static int Length => HeaderEnd + Chunk.Length;

    /// <summary>The PNG with the mark in it.</summary>
    /// <param name="png">A whole file.</param>
    public static byte[] Put(ReadOnlySpan<byte> png) => [.. png[..HeaderEnd], .. Chunk, .. png[HeaderEnd..]];

    /// <summary>Whether a file has it.</summary>
    /// <param name="start">Its first <see cref="Length"/> bytes.</param>
    public static bool IsIn(ReadOnlySpan<byte> start) => start.Length >= Length && start[HeaderEnd..Length].SequenceEqual(Chunk);

    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0xEDB88320 : 0);
        }
        return [(byte)(~crc >> 24), (byte)(~crc >> 16), (byte)(~crc >> 8), (byte)~crc];
    }
}
