using Byol.Data.Datasets;
using Byol.Data.Views;
using Tomlyn;
using Tomlyn.Model;

namespace Byol.Encoders;

/// <summary>What a model of another program is given, in a file beside it: <c>NAME.onnx.toml</c> beside <c>NAME.onnx</c>.</summary>
internal static class ModelInputFile
{
    private const string Preset = "preset";

    private static readonly string[] Pixels = [Preset, "scale", "mean", "standard_deviation"];

    private static readonly Dictionary<string, Func<ModelInput, object, ModelInput?>> Settings = new()
    {
        [Preset] = WithPixels,
        ["input"] = (m, v) => v is string name ? m with { Input = name } : null,
        ["output"] = (m, v) => v is string name ? m with { Output = name } : null,
        ["layout"] = (m, v) => v is string text && Named<ImageLayout>(text) is { } layout ? m with { Layout = layout } : null,
        ["color"] = (m, v) => v is string text && Named<ColorOrder>(text) is { } color ? m with { Color = color } : null,
        ["image_size"] = (m, v) => v is long and > 0 and <= int.MaxValue ? m with { ImageSize = (int)(long)v } : null,
        ["fit"] = (m, v) => v is string text && Named<EvaluationFit>(text) is { } fit ? m with { Fit = fit } : null,
        ["center_crop"] = (m, v) => Number(v) is { } crop and > 0 ? m with { Fit = EvaluationFit.Crop, CenterCrop = crop } : null,
        ["scale"] = (m, v) => Number(v) is { } scale ? m with { Scale = scale } : null,
        ["mean"] = (m, v) => Three(v) is { } mean ? m with { Mean = mean } : null,
        ["standard_deviation"] = (m, v) => Three(v) is { } deviation ? m with { StandardDeviation = deviation } : null,
    };

    /// <summary>What is said of a model: by the file beside it, then by settings.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="settings">Each <c>key=value</c>, the value as in TOML, text without quotes too.</param>
    /// <returns>Null if nothing is said.</returns>
    /// <exception cref="InvalidDataException">A key or value does not fit; the message gives value, rule and remedy in one
    /// line.</exception>
    public static ModelInput? Find(string model, params IReadOnlyList<string> settings)
    {
        var (beside, said) = ($"{model}.toml", new Dictionary<string, Saying>());
        if (File.Exists(beside))
        {
            foreach (var (key, value) in Table(File.ReadAllText(beside), beside)) said[key] = new Saying(beside, value);
        }
        foreach (var setting in settings)
        {
            if (setting.Split('=', 2) is not [var key, var value])
                throw new InvalidDataException($"{setting} is not of the form key=value, for instance preset=imagenet.");
            said[key.Trim()] = new Saying(setting, Value(value.Trim()));
        }
        return said.Count == 0 ? null : Of(said);
    }

    private static ModelInput Of(Dictionary<string, Saying> said)
    {
        // The preset first, as other keys change it. Where nothing is said of pixels, they are as for most: that is assumed, and told.
        var input = said.Keys.Any(Pixels.Contains) ? ModelInput.Plain : ModelInput.ImageNet with { AssumesPixels = true };
        foreach (var (key, (where, value)) in said.OrderBy(s => s.Key != Preset))
        {
            var set = Settings.GetValueOrDefault(key) ?? throw new InvalidDataException(
                $"{where}: {key} is not known{NearestName.Suggest(key, Settings.Keys)}");
            try
            {
                input = set(input, value) ?? throw new ArgumentException($"{key} does not fit: it must be {Rule(key)}.");
                input.Validate();
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"{where}: {e.Message}", e);
            }
        }
        return input;
    }

    private sealed record Saying(string Where, object Value);

    private static ModelInput? WithPixels(ModelInput input, object preset) =>
        preset is string name && ModelInput.Presets.TryGetValue(name, out var from)
            ? input with { Scale = from.Scale, Mean = from.Mean, StandardDeviation = from.StandardDeviation, Color = from.Color } : null;

    private static string Rule(string key) => key switch
    {
        Preset => $"one of {string.Join(", ", ModelInput.Presets.Keys)}",
        "layout" => "nchw or nhwc",
        "color" => "rgb or bgr",
        "fit" => "squash, pad or crop",
        "image_size" => "a whole number of pixels",
        "center_crop" or "scale" => "a number above 0",
        "mean" or "standard_deviation" => "three numbers, red, green and blue: [0.485, 0.456, 0.406]",
        _ => "text",
    };

    private static T? Named<T>(string text) where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name) : null;

    private static double? Number(object? value) => value switch { double d => d, long l => l, _ => null };

    private static double[]? Three(object value) =>
        value is TomlArray { Count: 3 } array && array.Select(Number).ToArray() is [{ } red, { } green, { } blue] ? [red, green, blue]
            : null;

    private static object Value(string text)
    {
        try
        {
            return Table($"value = {text}", text)["value"];
        }
        catch (InvalidDataException)
        {
            return text;
        }
    }

    private static TomlTable Table(string toml, string name)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(toml) ?? [];
        }
        catch (Exception e) when (e is TomlException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"{name} is not TOML: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
