using Byol.Cli.Terminal;
using Byol.Encoders;
using Byol.Interop;
using Byol.Models;
using Byol.OnnxRuntime;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Cli.Inputs;

/// <summary>Opens an encoder in any form: a run, a file, or a name.</summary>
internal static class EncoderInput
{
    private const string OnnxSuffix = ".onnx";

    /// <summary>Opens an encoder to embed images with; what was found in a file of another program is printed on standard error.</summary>
    /// <param name="typed">A run folder, a file (safetensors, .pt, .pth, .onnx) or a name.</param>
    /// <param name="precision">What weights are computed in; an .onnx is fp32.</param>
    /// <param name="said">What its file does not say.</param>
    /// <exception cref="ArgumentException">There is no such file, or a setting was given that the file has itself.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds no encoder.</exception>
    public static IImageEncoder Open(string typed, Precision precision, FileSaid said)
    {
        var path = Path(typed);
        if (IsOnnx(path)) return OpenOnnx(path, said, notice: true);
        var (name, device) = (NamedEncoder.Find(typed)?.Name ?? path, TorchRuntime.DefaultDevice);
        var (opened, _) = OpenWeights(path, said);
        return OnnxEncoder.Fastest(name, opened, precision, device);
    }

    /// <summary>Opens a model in ONNX Runtime.</summary>
    /// <param name="path">The file.</param>
    /// <param name="said">What it does not say.</param>
    /// <param name="notice">Whether to print on standard error how a model of another program is used.</param>
    /// <exception cref="ArgumentException">A recipe was given.</exception>
    /// <exception cref="InvalidDataException">It is damaged, does not take an image, or has a setting itself that was given.</exception>
    public static OnnxEncoder OpenOnnx(string path, FileSaid said, bool notice = false)
    {
        said.Require(path, isModel: true);
        var encoder = OnnxEncoder.Open(path, said.Model);
        if (notice)
        {
            foreach (var line in ForeignNotice.Of(encoder)) Console.Error.WriteLine(line);
        }
        return encoder;
    }

    /// <summary>Whether a file is for ONNX Runtime.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(OnnxSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens an encoder's weights; what was found in a file of another program is printed on standard error.</summary>
    /// <returns>The encoder, and what the recipe said in place of the file.</returns>
    public static (OpenedEncoder Opened, EncoderDescription? Otherwise) OpenWeights(string path, FileSaid said, Device? device = null)
    {
        var (isModel, where) = (IsOnnx(path), device ?? TorchRuntime.DefaultDevice);
        said.Require(path, isModel);
        var otherwise = said.Recipe is { } recipe ? AsIn(RecipeFile.Open(recipe, Warnings.Print)) : null;
        var opened = isModel ? EncoderFile.OpenOnnx(path, where, null, said.Model) : EncoderFile.Open(path, where, otherwise);
        if (said.Recipe is { } needless && opened.Origin is null)
        {
            opened.Dispose();
            throw new ArgumentException($"--recipe {needless} does not go with {path}, which describes itself; leave it out.");
        }
        var given = otherwise is not null || said.Model.Count > 0 || (isModel && File.Exists($"{path}.toml"));
        foreach (var line in ForeignNotice.Of(path, opened, given, isModel ? "--onnx" : "--recipe")) Console.Error.WriteLine(line);
        return (opened, otherwise);
    }

    /// <summary>The file of an encoder. One that is known by name is fetched if it is not here yet.</summary>
    /// <param name="typed">A run folder, the file itself, or a name; what is there comes before a name.</param>
    /// <param name="others">Names that might have been typed too, for the message.</param>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static string Path(string typed, params IReadOnlyList<string> others)
    {
        var path = Directory.Exists(typed) ? PretrainingRun.EncoderIn(typed) : typed;
        if (File.Exists(path)) return path;
        if (NamedEncoder.Find(typed) is { } known) return NamedEncoder.Path(known);
        if (typed.StartsWith("~/", StringComparison.Ordinal))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            throw new ArgumentException(
                $"Encoder {typed} does not exist: in quotes ~ is not your home folder; give {System.IO.Path.Join(home, typed[2..])}.");
        }
        throw new ArgumentException(!typed.AsSpan().ContainsAny("/\\.")
            && !Directory.Exists(typed)
            ? $"Encoder {typed} is neither a file nor a run, and not known by name{NamedEncoder.Suggest(typed, others)}"
            : $"Encoder {path} does not exist; give the folder of a run that byol pretrain finished, an encoder's file, or a name of byol "
                + $"encoders list{(others.Count == 0 ? "" : $"; or one of {string.Join(", ", others)}")}.");
    }

    /// <summary>The description of the encoder that a recipe trains.</summary>
    public static EncoderDescription AsIn(Recipe recipe) =>
        new(recipe.Encoder, Preprocessing.Of(recipe.Views, recipe.Images));
}
