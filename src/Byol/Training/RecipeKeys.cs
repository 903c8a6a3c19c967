using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Tomlyn.Model;

namespace Byol.Training;

/// <summary>The recipe's settings by name: <c>section.key</c>, both in snake case,
/// as they stand in recipe files and after <c>--set</c>.</summary>
/// <remarks>The records are the only list of settings; names and types are read from them.</remarks>
public static class RecipeKeys
{
    private sealed record Key(PropertyInfo Section, PropertyInfo Property);

    private static readonly SortedDictionary<string, Key> Keys = new(
        (from section in typeof(Recipe).GetProperties()
         from property in section.PropertyType.GetProperties()
         where property.SetMethod is not null
         select (Name: $"{Snake(section.Name)}.{Snake(property.Name)}", Key: new Key(section, property)))
            .ToDictionary(k => k.Name, k => k.Key), StringComparer.Ordinal);

    /// <summary>Every name.</summary>
    public static IReadOnlyCollection<string> Names => Keys.Keys;

    /// <summary>The value of a setting as it stands in a recipe file.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="name">A setting.</param>
    public static string Get(Recipe recipe, string name) => Text(Keys[name].Property.GetValue(Keys[name].Section.GetValue(recipe))!);

    /// <summary>A recipe with one setting changed.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="name">A setting.</param>
    /// <param name="value">A TOML value.</param>
    /// <exception cref="RecipeException">The setting is not known, or the value is not of its kind.</exception>
    internal static Recipe With(Recipe recipe, string name, object value)
    {
        if (!Keys.TryGetValue(name, out var key))
            throw new RecipeException($"Recipe key {name} is not known{NearestName.Suggest(name, Keys.Keys)}");
        var section = Changed(key.Section.GetValue(recipe)!, key.Property, Convert(name, value, key.Property.PropertyType));
        return (Recipe)Changed(recipe, key.Section, section);
    }

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
        if (type == typeof(ulong)) return value is long and >= 0 ? (ulong)(long)value : throw Unfit("a whole number of 0 or more");
        CheckpointInterval? interval = value is string text && CheckpointInterval.TryParse(text, out var parsed) ? parsed : null;
        if (type == typeof(CheckpointInterval)) return interval ?? throw Unfit("a number and a unit: 200 steps, 10m, 1 epoch");
        if (type == typeof(TimeSpan)) return value is "none" ? TimeSpan.Zero : interval?.Time ?? throw Unfit("a time: 30m, 2h; or none");
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
        string or CheckpointInterval => $"\"{value}\"",
        TimeSpan span => span == TimeSpan.Zero ? "\"none\"" : $"\"{CheckpointInterval.Of(span)}\"",
        double d => d.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().ContainsAny(".E") ? text : $"{text}.0",
        TomlTable => "{...}",
        TomlArray array => $"[{string.Join(", ", array.Select(v => Text(v!)))}]",
        _ when value.GetType().Assembly != typeof(Interval).Assembly => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => $"[{string.Join(", ", value.GetType().GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters()
            .Select(p => Text(value.GetType().GetProperty(p.Name!)!.GetValue(value)!)))}]",
    };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
