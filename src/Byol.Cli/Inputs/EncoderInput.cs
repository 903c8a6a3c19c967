using Byol.Cli.Terminal;
using Byol.Encoders;
using Byol.Export;
using Byol.Interop;
using Byol.Models;
using Byol.OnnxRuntime;
using Byol.Runs;
using Byol.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Cli.Inputs;

/// <summary>Opens whatever a user has of an encoder.</summary>
internal static class EncoderInput
{
    private const string OnnxSuffix = ".onnx";

    /// <summary>Opens an encoder to embed images with; what was found in a file of another program is told on standard error.</summary>
    /// <param name="typed">A run folder, or a file: safetensors, .pt, .pth, .onnx.</param>
    /// <param name="precision">What weights are computed in; an .onnx is fp32.</param>
    /// <param name="recipe">Says how images are prepared where the file does not.</param>
    /// <exception cref="ArgumentException">There is no such file, or it says itself what the recipe says.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds no encoder.</exception>
    public static IImageEncoder Open(string typed, Precision precision, string? recipe = null)
    {
        var path = Path(typed);
        if (IsOnnx(path)) return OpenOnnx(path, recipe);
        var device = TorchRuntime.DefaultDevice;
        var (opened, _) = OpenWeights(path, recipe);
        return IsFasterByOnnx(opened.Network, opened.Description.Architecture.ComputeType(precision, device), device)
            ? OnnxEncoder.Of(path, opened)
            : opened.ToImageEncoder(path, precision, device);
    }

    // In fp32 on a processor ONNX Runtime passes libtorch by 5 to 35 % (bench/results/amd-epyc-avx2/embed.md).
    private static bool IsFasterByOnnx(nn.Module<Tensor, Tensor> network, ScalarType compute, Device device) =>
        device.type == DeviceType.CPU && compute == ScalarType.Float32 && OnnxWriter.Holds(network);

    /// <summary>Opens an encoder for ONNX Runtime.</summary>
    /// <exception cref="ArgumentException">A recipe was given: the file says itself what it would say.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds no encoder.</exception>
    public static OnnxEncoder OpenOnnx(string path, string? recipe) =>
        recipe is null ? OnnxEncoder.Open(path) : throw SaysItself(path, recipe);

    /// <summary>Whether a file is for ONNX Runtime.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(OnnxSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens an encoder's weights; what was found in a file of another program is told on standard error.</summary>
    /// <returns>The encoder, and what the recipe said in place of the file.</returns>
    public static (OpenedEncoder Opened, EncoderDescription? Otherwise) OpenWeights(string path, string? recipe, Device? device = null)
    {
        var otherwise = recipe is null ? null : AsIn(RecipeFile.Open(recipe, Warnings.Print));
        var opened = EncoderFile.Open(path, device ?? TorchRuntime.DefaultDevice, otherwise);
        if (recipe is not null && opened.Origin is null)
        {
            opened.Dispose();
            throw SaysItself(path, recipe);
        }
        foreach (var line in ForeignNotice.Of(path, opened, given: recipe is not null)) Console.Error.WriteLine(line);
        return (opened, otherwise);
    }

    /// <summary>The file of an encoder.</summary>
    /// <param name="typed">A run folder or the file itself.</param>
    /// <param name="others">What else might have been typed, for the message.</param>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static string Path(string typed, string others = "")
    {
        var path = Directory.Exists(typed) ? RunDirectory.EncoderIn(typed) : typed;
        return File.Exists(path) ? path
            : throw new ArgumentException(
                $"Encoder {path} does not exist; give the folder of a run that byol pretrain finished, or an encoder's file{others}.");
    }

    /// <summary>The file of an encoder's weights.</summary>
    /// <param name="typed">A run folder or the file itself.</param>
    public static string WeightsPath(string typed)
    {
        var path = Path(typed);
        return !IsOnnx(path) ? path : throw Folded(path);
    }

    /// <summary>Says that a model cannot be trained on.</summary>
    public static ArgumentException Folded(string path) =>
        new($"{path} can be run, but its weights are folded and cannot be trained or exported; "
            + "give the run, the .safetensors or the .pt that it was exported from.");

    /// <summary>What a recipe says of an encoder that it trains.</summary>
    public static EncoderDescription AsIn(Recipe recipe) =>
        new(recipe.Encoder, Preprocessing.Of(recipe.Views) with { Images = recipe.Images });

    private static ArgumentException SaysItself(string path, string recipe) =>
        new($"--recipe {recipe} does not go with {path}, which describes itself; leave it out.");
}
