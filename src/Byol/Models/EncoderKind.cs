using System.Text.Json;

namespace Byol.Models;

/// <summary>A kind of encoder: its name, its defaults, and how its options stand in an encoder file.</summary>
/// <param name="name">Its name.</param>
/// <param name="defaults">Its options as they are if nothing is set.</param>
internal abstract class EncoderKind(string name, EncoderOptions defaults)
{
    /// <summary>Its name in recipes and files.</summary>
    public string Name => name;

    /// <summary>Its options as they are if nothing is set.</summary>
    public EncoderOptions Defaults => defaults;

    /// <summary>The type of its options.</summary>
    public Type Options => defaults.GetType();

    /// <summary>The options as free text by key.</summary>
    public abstract IEnumerable<(string Key, string Text)> Write(EncoderOptions options);

    /// <summary>Reads the options back.</summary>
    /// <param name="metadata">Text by key.</param>
    /// <exception cref="FormatException">A value is missing or makes no encoder; the message is what the file says no usable value of.
    /// </exception>
    public abstract EncoderOptions Read(IReadOnlyDictionary<string, string> metadata);
}

/// <summary>A kind that a program registered: its options are written as JSON.</summary>
/// <typeparam name="TOptions">The options.</typeparam>
internal sealed class RegisteredKind<TOptions>(string name) : EncoderKind(name, new TOptions()) where TOptions : EncoderOptions, new()
{
    private const string Key = "encoder_options";

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Text)> Write(EncoderOptions options) =>
        [(Key, EncoderJson.Of(options).ToJsonString())];

    /// <inheritdoc/>
    public override EncoderOptions Read(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            var options = EncoderJson.Parse<TOptions>(metadata.GetValueOrDefault(Key) ?? "null") ?? throw new FormatException(Key);
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new FormatException(Key, e);
        }
    }
}
