namespace Byol.Models.ResNet;

/// <summary>Names and shapes of a <see cref="ResNet"/>'s state, counted without building it: a file is compared with them before memory is
/// taken for it.</summary>
internal static class ResNetShapes
{
    /// <summary>Every parameter and buffer of the network of a plan.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(ResNetPlan plan) =>
        plan.Convolutions.SelectMany<PlannedConvolution, (string, long[])>(c =>
        [
            ($"{c.Name}.weight", [c.Out, c.In, c.Kernel, c.Kernel]), ($"{c.Norm}.weight", [c.Out]), ($"{c.Norm}.bias", [c.Out]),
            ($"{c.Norm}.running_mean", [c.Out]), ($"{c.Norm}.running_var", [c.Out]),
        ]);

    /// <summary>How many numbers the network learns.</summary>
    public static long Parameters(ResNetPlan plan) =>
        Of(plan).Where(t => !t.Name.Contains("running_", StringComparison.Ordinal)).Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b));
}
