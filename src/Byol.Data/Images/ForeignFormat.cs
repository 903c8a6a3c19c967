namespace Byol.Data.Images;

/// <summary>Formats that are known and not read, by how a file begins: users of such files should learn what they are.</summary>
internal static class ForeignFormat
{
    /// <summary>What a file is and what can be done; null if it is nothing that is known.</summary>
    /// <param name="file">A whole file, or its beginning.</param>
    public static string? Describe(ReadOnlySpan<byte> file)
    {
        if (file.Length > 12 && file[4..8].SequenceEqual("ftyp"u8)) return Boxed(file[8..12]);
        if (file.StartsWith<byte>([0xff, 0x0a]) || (file.Length > 8 && file[4..8].SequenceEqual("JXL "u8))) return "JPEG XL";
        if (file.Length > 16 && file.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']) && file[12..16].SequenceEqual("CgBI"u8))
            return "a PNG as Xcode changes it for iPhones (CgBI)";
        if (file.Length > 8 && file[4..8].SequenceEqual("jP  "u8)) return "JPEG 2000";
        if (file.StartsWith("8BPS"u8)) return "a Photoshop document";
        if (file.StartsWith("%PDF"u8)) return "a PDF";
        if (file.StartsWith("<svg"u8) || file.StartsWith("<?xml"u8)) return "XML, perhaps SVG";
        if (file is [(byte)'P', >= (byte)'1' and <= (byte)'6', (byte)'\n' or (byte)' ', ..]) return "PNM";
        return file.StartsWith("<!DOCTYPE"u8) || file.StartsWith("<html"u8) ? "a web page, not the image that was to be downloaded" : null;
    }

    // ISO base media: the brand says which.
    private static string? Boxed(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) ? "AVIF"
        : brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
            || brand.SequenceEqual("heim"u8) || brand.SequenceEqual("hevc"u8) ? "HEIC, as iPhones write it"
        : brand.SequenceEqual("crx "u8) ? "a camera's raw file"
        : "a video";
}
