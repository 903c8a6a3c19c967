using Byol.Data.Kernels;
using Byol.Tests.Images;

namespace Byol.Tests.Kernels;

/// <summary>Every kernel on views against torchvision's tensor operation.</summary>
public sealed class KernelsEqualTorchvisionTests
{
    private const double Tolerance = 1e-5;

    private static readonly (string Kind, int Size)[] Views =
        [("noise", 17), ("gradient", 32), ("extremes", 9), ("gray", 8), ("black", 8), ("white", 8), ("around half", 8), ("bytes", 20)];

    private static readonly Dictionary<string, double[][]> Numbers = new()
    {
        ["flip"] = [[]],
        ["vertical flip"] = [[]],
        ["turn"] = [[0], [1], [2], [3]],
        ["brightness"] = [[0], [0.3], [0.6], [1], [1.17], [1.4], [4]],
        ["contrast"] = [[0], [0.3], [0.6], [1], [1.17], [1.4], [4]],
        ["saturation"] = [[0], [0.3], [0.8], [1], [1.07], [1.2], [4]],
        ["hue"] = [[-0.5], [-0.31], [-0.1], [-1.0 / 6], [0], [0.013], [0.1], [1.0 / 3], [0.5]],
        ["grayscale"] = [[]],
        ["blur"] = [[1, 1], [3, 0.1], [3, 0.7], [3, 2], [5, 1.3], [7, 0.5], [7, 2], [9, 1], [13, 1.9], [15, 0.3], [15, 40]],
        ["solarize"] = [[0], [0.25], [0.5], [128 / 255.0], [0.75], [1]],
        ["normalize"] = [[0.485, 0.456, 0.406, 0.229, 0.224, 0.225], [0, 0, 0, 1, 1, 1], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
    };

    internal static IEnumerable<TorchvisionCase> Questions() =>
        from o in Numbers
        from i in Enumerable.Range(0, o.Value.Length)
        from v in Views
        select new TorchvisionCase(Name(o.Key, i, v.Kind), o.Key, Pictures.View(v.Kind, v.Size), v.Size, v.Size, o.Value[i]);

    public static TheoryData<string, int, string> Cases() =>
        [.. from o in Numbers from i in Enumerable.Range(0, o.Value.Length) from v in Views select (o.Key, i, v.Kind)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernel_equals_torchvision(string operation, int numbers, string kind)
    {
        var size = Views.Single(v => v.Kind == kind).Size;
        var view = Pictures.View(kind, size);
        Apply(operation, Numbers[operation][numbers], view, size);
        Torchvision.AssertClose(Torchvision.Answer(Name(operation, numbers, kind)), view, Tolerance);
    }

    private static void Apply(string operation, double[] numbers, float[] view, int size)
    {
        switch (operation)
        {
            case "flip": Flip.Apply(view, size); break;
            case "vertical flip": Flip.Vertically(view, size); break;
            case "turn": Flip.Turn(view, size, (int)numbers[0]); break;
            case "brightness": ColorJitter.Brightness(view, (float)numbers[0]); break;
            case "contrast": ColorJitter.Contrast(view, (float)numbers[0]); break;
            case "saturation": ColorJitter.Saturation(view, (float)numbers[0]); break;
            case "hue": ColorJitter.Hue(view, (float)numbers[0]); break;
            case "grayscale": Grayscale.Apply(view); break;
            case "blur": new GaussianBlur(size, (int)numbers[0]).Apply(view, (float)numbers[1]); break;
            case "solarize": Solarize.Apply(view, (float)numbers[0]); break;
            default: new Normalize(numbers[..3], numbers[3..]).Apply(view); break;
        }
    }

    private static string Name(string operation, int numbers, string kind) => $"{operation} {numbers} {kind}";
}
