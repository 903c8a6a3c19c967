using Byol.Runs;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Faults.Ranks;

/// <summary>The numbers of a run's last checkpoint.</summary>
internal static class LastCheckpoint
{
    /// <summary>Its tensors by part and name.</summary>
    public static Dictionary<string, double[]> Tensors(string run)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, double[]>();
        foreach (var part in Directory.GetFiles(CheckpointFolder.In(RunDirectory.CheckpointsIn(run))[0].Path, "*.safetensors"))
        {
            using var file = new SafetensorsFile(part);
            foreach (var name in file.Names)
                tensors[$"{Path.GetFileNameWithoutExtension(part)} {name}"] = file.Read(name).to(ScalarType.Float64).flatten().data<double>().ToArray();
        }
        return tensors;
    }

    /// <summary>The largest difference of a number of two runs, relative to the largest of its tensor.</summary>
    public static double Distance(string expected, string actual) => Distance(Tensors(expected), Tensors(actual));

    /// <summary>The largest difference of a number, relative to the largest of its tensor; infinite where one has what the other has not.</summary>
    public static double Distance(Dictionary<string, double[]> expected, Dictionary<string, double[]> actual) =>
        !expected.Keys.ToHashSet().SetEquals(actual.Keys) ? double.PositiveInfinity
            : expected.Max(t => t.Value.Zip(actual[t.Key], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1e-3, t.Value.Max(Math.Abs)));
}
