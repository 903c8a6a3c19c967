using System.Text.Json;
using System.Text.Json.Serialization;
using Byol.Runs;

namespace Byol.Tests.Runs;

/// <summary>Records by what they say, to be compared.</summary>
internal static class RecordValues
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static IEnumerable<string> Values(this IEnumerable<RunRecord> records) =>
        records.Select(r => $"{r.GetType().Name} {JsonSerializer.Serialize(r, r.GetType(), Json)}");
}
