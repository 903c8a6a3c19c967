using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Models;
using Tomlyn.Model;

namespace Byol.Training;

/// <summary>The recipe's settings by name: <c>section.key</c>, both in snake case,
/// as they stand in recipe files and after <c>--set</c>.</summary>
/// <remarks>The records are the only list of settings; names and types are read from them. Those of the encoder are its kind's, and
/// <see cref="Kind"/> says which kind it is.</remarks>
internal static class RecipeKeys
{
    /// <summary>The key of the kind of encoder.</summary>
    public const string Kind = "encoder.kind";

    private static readonly JsonSerializerOptions Escaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const BindingFlags Named = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;

    private sealed record Key(PropertyInfo Section, PropertyInfo Property);

    /// <summary>Every name, section by section; the kind of encoder before its other settings.</summary>
    /// <param name="recipe">Says which encoder it is.</param>
    public static IReadOnlyList<string> Names(Recipe recipe) => [Kind, .. Keys(recipe).Keys.Order(StringComparer.Ordinal)];

    /// <summary>The value of a setting as it stands in a recipe file.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="name">A setting.</param>
    public static string Get(Recipe recipe, string name)
    {
        if (name == Kind) return Text(EncoderKinds.Of(recipe.Encoder).Name);
        var key = Keys(recipe)[name];
        return Text(key.Property.GetValue(key.Section.GetValue(recipe))!);
    }

    /// <summary>A recipe with one setting changed. Another kind of encoder comes with its defaults.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="name">A setting.</param>
    /// <param name="value">A TOML value.</param>
    /// <exception cref="RecipeException">The setting is not known, or the value is not of its kind.</exception>
    internal static Recipe With(Recipe recipe, string name, object value)
    {
        if (name == Kind) return OfKind(recipe, value);
        if (!Keys(recipe).TryGetValue(name, out var key))
            throw new RecipeException($"Recipe key {name} is not known{Suggest(recipe, name)}");
        var section = Changed(key.Section.GetValue(recipe)!, key.Property, Convert(name, value, key.Property.PropertyType));
        return (Recipe)Changed(recipe, key.Section, section);
    }

    // tau is method.tau: the section is what people leave out.
    private static string Suggest(Recipe recipe, string name)
    {
        var inSections = Names(recipe).Where(n => n.EndsWith($".{name.ToLowerInvariant()}", StringComparison.Ordinal)).ToList();
        return inSections.Count > 0 ? $"; did you mean {string.Join(" or ", inSections)}?" : NearestName.Suggest(name, Names(recipe));
    }

    private static Recipe OfKind(Recipe recipe, object value)
    {
        if (value is not string name || EncoderKinds.Find(name) is not { } kind)
        {
            throw new RecipeException(
                $"{Kind} = {Text(value)} is not known; known are {string.Join(", ", EncoderKinds.Names)}. "
                + "Use a program that registers this kind.");
        }
        return EncoderKinds.Of(recipe.Encoder) == kind ? recipe : recipe with { Encoder = kind.Defaults };
    }

    // A section's settings are what can be set of its value's own type.
    private static Dictionary<string, Key> Keys(Recipe recipe) =>
        (from section in typeof(Recipe).GetProperties()
         from property in section.GetValue(recipe)!.GetType().GetProperties()
         where property.SetMethod is not null
         select (Name: $"{Snake(section.Name)}.{Snake(property.Name)}", Key: new Key(section, property)))
            .ToDictionary(k => k.Name, k => k.Key, StringComparer.Ordinal);

    // A record's copy with one property changed: `record with { Property = value }` for a property known at run time only.
    private static object Changed(object record, PropertyInfo property, object value)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    private static object Convert(string name, object value, Type type)
    {
        if (type.IsEnum)
        {
            // By name only: Enum.TryParse takes numbers too.
            var wanted = (value as string)?.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
            return Enum.GetNames(type).FirstOrDefault(n => n.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } member
                ? Enum.Parse(type, member)
                : throw Unfit($"one of {string.Join(", ", Enum.GetNames(type).Select(n => n.ToLowerInvariant()))}");
        }
        if (type == typeof(bool)) return value is bool ? value : throw Unfit("true or false");
        if (type == typeof(double)) return Number(value) ?? throw Unfit("a number");
        if (type == typeof(int))
            return value is long and >= int.MinValue and <= int.MaxValue ? (int)(long)value : throw Unfit("a whole number");
        if (type == typeof(long)) return value is long ? value : throw Unfit("a whole number");
        if (type == typeof(string)) return value is string ? value : throw Unfit("text");
        if (type == typeof(ulong)) return value is long and >= 0 ? (ulong)(long)value : throw Unfit("a whole number of 0 or more");
        CheckpointInterval? interval = value is string text && CheckpointInterval.TryParse(text, out var parsed) ? parsed : null;
        if (type == typeof(CheckpointInterval)) return interval ?? throw Unfit("a number and a unit: 200 steps, 10m, 1 epoch");
        if (type == typeof(TimeSpan)) return value is "none" ? TimeSpan.Zero : interval?.Time ?? throw Unfit("a time: 30m, 2h; or none");
        if (type == typeof(IReadOnlyList<int>))
        {
            return value is TomlArray whole && whole.All(v => v is long and >= int.MinValue and <= int.MaxValue)
                ? whole.Select(v => (int)(long)v!).ToArray() : throw Unfit("a list of whole numbers");
        }
        var arity = type.GetConstructors().Max(c => c.GetParameters().Length);
        var numbers = value is TomlArray array ? array.Select(Number).ToArray() : [];
        return numbers.Length == arity && !numbers.Contains(null)
            ? Activator.CreateInstance(type, [.. numbers.Cast<object>()])!
            : throw Unfit($"a list of {arity} numbers");

        RecipeException Unfit(string needed) => new($"{name} = {Text(value)} does not fit: it must be {needed}.");
    }

    private static double? Number(object? value) => value switch { double d => d, long l => l, _ => null };

    private static string Text(object value) => value switch
    {
        bool b => b ? "true" : "false",
        Enum e => $"\"{e.ToString().ToLowerInvariant()}\"",
        string text => JsonSerializer.Serialize(text, Escaped),
        CheckpointInterval => $"\"{value}\"",
        TimeSpan span => span == TimeSpan.Zero ? "\"none\"" : $"\"{CheckpointInterval.Of(span)}\"",
        double d => d.ToString("R", CultureInfo.InvariantCulture) is var number && number.AsSpan().ContainsAny(".E")
            ? number
            : $"{number}.0",
        TomlTable => "{...}",
        TomlArray array => $"[{string.Join(", ", array.Select(v => Text(v!)))}]",
        IReadOnlyList<int> list => $"[{string.Join(", ", list)}]",
        _ when value.GetType().Assembly != typeof(Interval).Assembly => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => $"[{string.Join(", ", value.GetType().GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters()
            .Select(p => Text(value.GetType().GetProperty(p.Name!, Named)!.GetValue(value)!)))}]",
    };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
