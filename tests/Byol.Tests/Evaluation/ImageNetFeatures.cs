using System.Globalization;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Features of photographs in six classes from a ResNet-18 trained on ImageNet: <c>cases/probe</c> in a folder of BYOL_DATA.</summary>
internal static class ImageNetFeatures
{
    /// <summary>Reads a part, "train" or "test"; skips the test where it is missing.</summary>
    public static FeatureBank Read(string part)
    {
        var folder = (Environment.GetEnvironmentVariable("BYOL_DATA") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(root => Path.Combine(root, "cases", "probe")).FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(folder is null, "No folder of BYOL_DATA has cases/probe.");
        int[] labels = [.. File.ReadLines(Path.Combine(folder, $"{part}.labels.txt")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];
        var file = File.ReadAllBytes(Path.Combine(folder, $"{part}.npy"));      // C order, fp32, after the header
        var values = new float[(file.Length - 10 - BitConverter.ToUInt16(file, 8)) / sizeof(float)];
        Buffer.BlockCopy(file, 10 + BitConverter.ToUInt16(file, 8), values, 0, values.Length * sizeof(float));
        var features = tensor(values).reshape(labels.Length, -1).DetachFromDisposeScope();
        return new FeatureBank(features, labels, [.. Enumerable.Range(0, labels.Max() + 1).Select(c => $"{c}")]);
    }
}
