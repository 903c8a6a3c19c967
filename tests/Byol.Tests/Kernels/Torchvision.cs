using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Kernels;

/// <summary>An image, an operation of tests/oracle/views.py and its numbers.</summary>
internal sealed record TorchvisionCase(string Name, string Operation, Array Image, int Width, int Height, params double[] Numbers);

/// <summary>Torchvision's answers to the cases of all classes from one Python: importing torch takes seconds.</summary>
internal static class Torchvision
{
    private static readonly Lazy<Dictionary<string, double[]>> Answers = new(() => Ask(
    [
        .. KernelsEqualTorchvisionTests.Questions(), .. ResizedCropTests.Questions(),
        .. Images.ShrinkTests.Questions(), .. Views.ViewRendererTests.Questions(), .. Views.CropDrawTests.Questions(),
        .. Views.EvaluationFitTests.Questions(),
    ]));

    /// <summary>The values of one answer, by the name of its case.</summary>
    public static double[] Answer(string name) => Answers.Value[name];

    private static Dictionary<string, double[]> Ask(IEnumerable<TorchvisionCase> cases)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var question = cases.SelectMany(c => new[]
        {
            ($"{c.Name}|{c.Operation}|image", Pixels(c.Image).reshape(c.Height, c.Width, 3)),
            ($"{c.Name}|{c.Operation}|numbers", tensor((double[])[0, .. c.Numbers])),      // the format knows no empty tensor
        }).ToList();
        return Oracle.Ask("views.py", question).ToDictionary(a => a.Key, a => a.Value.data<double>().ToArray());
    }

    private static Tensor Pixels(Array image) => image is byte[] bytes ? tensor(bytes) : tensor((float[])image);

    /// <summary>Fails with the place and both values where they differ most.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= Math.Abs(expected[worst] - actual[worst]))) worst = i;
        }
        Assert.True(Math.Abs(expected[worst] - actual[worst]) <= tolerance,
            $"At {worst}: {expected[worst]:R} expected, {actual[worst]:R} found.");
    }
}
