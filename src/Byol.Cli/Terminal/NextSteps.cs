namespace Byol.Cli.Terminal;

/// <summary>What to type when a run has ended.</summary>
internal static class NextSteps
{
    /// <summary>The commands, a line each.</summary>
    /// <param name="run">The run's folder.</param>
    public static IReadOnlyList<string> After(string run) =>
    [
        $"./byol evaluate {run} --train LABELED --baselines",
        $"./byol classifier {run} --train LABELED --out parts.onnx",
        $"./byol search {run} --query one.jpg --data PHOTOS --out nearest.html",
        $"./byol duplicates {run} --data PHOTOS --out duplicates.html",
        $"./byol map {run} --data PHOTOS --out map.html",
        $"./byol export {run} --out encoder.onnx",
    ];
}
