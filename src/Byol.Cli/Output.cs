using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Byol.Cli;

/// <summary>Results on standard output: as text for people, or with --json as one object and nothing else.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // the loss of a run that had no step left is NaN
    };

    public static Option<bool> Json() => new("--json") { Description = "Print the result as one JSON object and nothing else." };

    public static void Write(bool json, object result, string text)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(result, Options));
        else Console.Write(text);
    }

    public static string Percent(double share) => (100 * share).ToString("F1", System.Globalization.CultureInfo.InvariantCulture) + " %";
}
