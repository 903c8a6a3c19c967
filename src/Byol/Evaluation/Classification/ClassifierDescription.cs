using System.Text.Json;

namespace Byol.Evaluation.Classification;

/// <summary>The description of a classifier in its file, beside that of its encoder.</summary>
/// <param name="Classes">Class names in label order.</param>
/// <param name="Thresholds">Novelties that few known images exceed, rising.</param>
internal sealed record ClassifierDescription(IReadOnlyList<string> Classes, IReadOnlyList<NoveltyThreshold> Thresholds)
{
    private const string FormatKey = "classifier", Format = "byol-classifier-1";
    private const string ClassesKey = "classes", ThresholdsKey = "novelty_thresholds";

    /// <summary>Text by key: metadata of an ONNX file. Both are JSON, a list of names and a list of [share, novelty].</summary>
    public Dictionary<string, string> ToMetadata() => new()
    {
        [FormatKey] = Format,
        [ClassesKey] = JsonSerializer.Serialize(Classes),
        [ThresholdsKey] = JsonSerializer.Serialize(Thresholds.Select(t => new[] { t.Share, t.Value })),
    };

    /// <summary>Whether metadata are of a classifier that Byol wrote.</summary>
    /// <param name="metadata">Text by key.</param>
    public static bool IsIn(IReadOnlyDictionary<string, string> metadata) => metadata.GetValueOrDefault(FormatKey) == Format;

    /// <summary>Reads it back.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="metadata">Text by key.</param>
    /// <exception cref="InvalidDataException">A value is missing or makes no classifier; the message names it.</exception>
    public static ClassifierDescription Parse(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var classes = Value<string?[]>(ClassesKey);
        var thresholds = Value<double[][]>(ThresholdsKey);
        if (classes is not { Length: > 1 } || classes.Any(c => c is null) || classes.Distinct().Count() < classes.Length)
            throw Unusable(ClassesKey);
        if (thresholds is null || thresholds.Any(t => t is not [> 0 and < 1, >= 0])) throw Unusable(ThresholdsKey);
        return new ClassifierDescription(classes!, [.. thresholds.Select(t => new NoveltyThreshold(t[0], t[1])).OrderBy(t => t.Share)]);

        T? Value<T>(string key)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(metadata.GetValueOrDefault(key, ""));
            }
            catch (JsonException)
            {
                throw Unusable(key);
            }
        }

        InvalidDataException Unusable(string key) =>
            new($"{path} has no usable {key} in its metadata; write the classifier again.");
    }
}
