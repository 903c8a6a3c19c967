using System.Globalization;
using static Byol.Setting;

namespace Byol.Data.Images;

/// <summary>Choices in turning an image file into 8-bit RGB.</summary>
public sealed record ImageOptions
{
    /// <summary>Most bits of a color value.</summary>
    internal const int FullDepth = 16;

    /// <summary>The color behind transparent pixels: white, black, gray, or #rrggbb.</summary>
    public string Background { get; init; } = "white";

    /// <summary>Bits that the values of 16-bit images use: 16; or 8 to 15 for cameras that write fewer bits into files of 16, whose images
    /// would otherwise be nearly black; or 0, which measures a few of the opened images.</summary>
    public int Depth { get; init; } = FullDepth;

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(Color(Background) is not null, $"Background {Background} is not a color; use white, black, gray or for instance #80ff00.");
        Require(Depth is 0 or (>= 8 and <= FullDepth), $"Depth {Depth} must lie between 8 and 16 bits, or be 0 for what the images use.");
    }

    /// <summary>The background's red, green and blue.</summary>
    internal (byte Red, byte Green, byte Blue) BackgroundColor => Color(Background) ?? (255, 255, 255);

    private static (byte, byte, byte)? Color(string text) => text.ToLowerInvariant() switch
    {
        "white" => (255, 255, 255),
        "black" => (0, 0, 0),
        "gray" or "grey" => (128, 128, 128),
        ['#', .. { Length: 6 } digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            => ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb),
        _ => null,
    };
}
