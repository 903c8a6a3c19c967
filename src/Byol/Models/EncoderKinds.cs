using Byol.Models.ResNet;

namespace Byol.Models;

/// <summary>The kinds of encoders by name, as they stand in recipes (<c>encoder.kind</c>) and in encoder files.</summary>
public static class EncoderKinds
{
    /// <summary>The default kind.</summary>
    internal static EncoderKind Default { get; } = new ResNetKind();

    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, EncoderKind> Known = new(StringComparer.Ordinal) { [Default.Name] = Default };

    // Files of embeddings may name it; recipes may not.
    private static readonly EncoderKind Foreign = new RegisteredKind<ForeignModelOptions>("onnx-model");

    /// <summary>The registered names.</summary>
    internal static IReadOnlyList<string> Names
    {
        get
        {
            lock (Gate) return [.. Known.Keys];
        }
    }

    /// <summary>Registers a kind of encoder, so that runs that train it can be resumed and its files can be opened. Call it when the
    /// program starts; a second call with the same arguments has no effect.</summary>
    /// <typeparam name="TOptions">The options; a new instance has the kind's defaults.</typeparam>
    /// <param name="name">Lower-case letters, digits and hyphens, for instance <c>my-net</c>.</param>
    /// <exception cref="ArgumentException">The name has another form or is taken, or the options have another name already.</exception>
    public static void Register<TOptions>(string name) where TOptions : EncoderOptions, new()
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"Kind \"{name}\" must be lower-case letters, digits and hyphens; use for instance my-net.");
        if (typeof(TOptions).GetProperty("Kind") is not null)
        {
            throw new ArgumentException(
                $"{typeof(TOptions)} has a property Kind, whose key in a recipe is that of the encoder's kind; rename it.");
        }
        lock (Gate)
        {
            if (Known.TryGetValue(name, out var taken) && taken.Options != typeof(TOptions))
                throw new ArgumentException($"Kind {name} is taken by {taken.Options}; choose another name.");
            if (Known.Values.FirstOrDefault(k => k.Options == typeof(TOptions)) is { } other && other.Name != name)
                throw new ArgumentException($"{typeof(TOptions)} is registered as {other.Name}; options have one name.");
            Known.TryAdd(name, new RegisteredKind<TOptions>(name));
        }
    }

    /// <summary>The kind with a name; null if it is not registered.</summary>
    internal static EncoderKind? Find(string name)
    {
        lock (Gate) return Known.GetValueOrDefault(name);
    }

    /// <summary>The kind with a name in a file; null if it is not registered.</summary>
    internal static EncoderKind? FindInFile(string name) => name == Foreign.Name ? Foreign : Find(name);

    /// <summary>The kind of some options.</summary>
    /// <exception cref="ArgumentException">It was not registered.</exception>
    internal static EncoderKind Of(EncoderOptions options)
    {
        if (options is ForeignModelOptions) return Foreign;
        lock (Gate)
        {
            var type = options.GetType();
            return Known.Values.FirstOrDefault(k => k.Options == type) ?? throw new ArgumentException(
                $"{type.Name} has no name for recipes and files; call EncoderKinds.Register<{type.Name}>(name) first.");
        }
    }
}
