using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Byol.Models;

/// <summary>Options of encoders as JSON: what can be set of them, and nothing that follows from it.</summary>
internal static class EncoderJson
{
    private static readonly JsonSerializerOptions Settings = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { KeepSettable } },
    };

    /// <summary>The settings as an object.</summary>
    public static JsonObject Of(EncoderOptions options) => JsonSerializer.SerializeToNode(options, options.GetType(), Settings)!.AsObject();

    /// <summary>Options of a type from its settings; null if the text is null.</summary>
    /// <exception cref="JsonException">The text is not JSON, or not of this type.</exception>
    public static TOptions? Parse<TOptions>(string text) where TOptions : EncoderOptions =>
        JsonSerializer.Deserialize<TOptions>(text, Settings);

    private static void KeepSettable(JsonTypeInfo type)
    {
        foreach (var derived in type.Properties.Where(p => p.Set is null).ToList()) type.Properties.Remove(derived);
    }
}
