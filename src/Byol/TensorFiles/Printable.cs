namespace Byol.TensorFiles;

/// <summary>Makes text from an untrusted file safe for a message.</summary>
internal static class Printable
{
    private const int Longest = 80;

    /// <summary>The text without control characters, which a terminal would obey, and cut where it is long.</summary>
    public static string Of(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return clean.Length <= Longest ? clean : $"{clean[..Longest]}…";
    }
}
