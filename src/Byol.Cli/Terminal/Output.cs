using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Byol.Data.Datasets;

namespace Byol.Cli.Terminal;

/// <summary>Results on standard output: as text for people, or with --json as one object and nothing else.</summary>
internal static class Output
{
    private const int MostListed = 20;

    /// <summary>Names as in --json.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // the loss of a run that had no step left is NaN
    };

    public static Option<bool> Json() => new("--json") { Description = "Print the result as one JSON object and nothing else." };

    public static void Write(bool json, object result, string text)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(result, Options));
        else Console.Write(Printable.Lines(text));
    }

    public static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture) + " %";

    public static string Cosine(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A file that was written beside the result.</summary>
    public static string Wrote(string path) => $"Wrote {path}\n";

    /// <summary>What should be known of opened data, a line each; nothing if there is nothing.</summary>
    public static string Notes(DatasetNotes notes) => string.Concat(notes.Lines().Select(l => $"{Printable.Line(ToolWords.Of(l))}\n"));

    /// <summary>Images that were left out, a line each; nothing if there are none.</summary>
    public static string List(IReadOnlyList<UnreadableImage> unreadable) => unreadable.Count == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture,
            $"{unreadable.Count:N0} could not be read and {(unreadable.Count == 1 ? "is" : "are")} left out:\n")
            + string.Concat(unreadable.Take(MostListed).Select(u => $"  {Printable.Line(u.Name)}: {Printable.Line(u.Reason)}\n"))
            + (unreadable.Count > MostListed ? $"  and {unreadable.Count - MostListed:N0} more: --json has all\n" : "");
}
