using Byol.Data.Datasets;

namespace Byol.Cli.Exports;

/// <summary>The formats that an encoder is written in, by name.</summary>
internal static class ExportFormat
{
    public const string Safetensors = "safetensors", PyTorch = "pytorch", Onnx = "onnx";

    public static IReadOnlyList<string> Names { get; } = [Safetensors, PyTorch, Onnx];

    private static readonly Dictionary<string, string> BySuffix = new(StringComparer.OrdinalIgnoreCase)
    {
        [".safetensors"] = Safetensors, [".pt"] = PyTorch, [".pth"] = PyTorch, [".onnx"] = Onnx,
    };

    /// <summary>The format that was asked for.</summary>
    /// <param name="named">By name, or null.</param>
    /// <param name="path">The file; what it ends in must fit the name, since that is how files are told apart when they are opened.</param>
    /// <exception cref="ArgumentException">There is no such format, or name and file do not fit.</exception>
    public static string Of(string? named, string path)
    {
        if (named is not null && !Names.Contains(named))
            throw new ArgumentException($"Format {named} is not known{NearestName.Suggest(named, Names)}");
        var suffixes = string.Join(", ", BySuffix.Where(s => named is null || s.Value == named).Select(s => s.Key));
        return BySuffix.TryGetValue(Path.GetExtension(path), out var format) && (named ?? format) == format ? format
            : throw new ArgumentException($"--out {path} must end in {suffixes}{(named is null ? "" : $" for {named}")}.");
    }
}
