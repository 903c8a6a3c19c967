using System.Globalization;

namespace Byol.Cli.Terminal;

/// <summary>Numbers of things, in words: 1 image, 2,000 images.</summary>
internal static class Counts
{
    /// <summary>A number and what it is of.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What one of them is called; several have an s more, or an es behind an s.</param>
    public static string Of(long count, string one) => string.Create(CultureInfo.InvariantCulture,
        $"{count:N0} {one}{(count == 1 ? "" : one.EndsWith('s') ? "es" : "s")}");
}
