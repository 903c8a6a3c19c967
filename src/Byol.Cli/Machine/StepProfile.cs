using System.Text.RegularExpressions;
using Byol.Data.Loading;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Models.Normalization;
using Byol.Optim;
using Byol.Training;

namespace Byol.Cli.Machine;

/// <summary>Where the time of a step goes, by part and by thread. The parts of a thread add up to the step.</summary>
/// <param name="Steps">Steps that were timed.</param>
/// <param name="StepMilliseconds">Mean of these steps, by the clock.</param>
/// <param name="Threads">The threads that computed, the first one took the steps.</param>
/// <param name="Parts">Where the time went, in the order of a step.</param>
/// <param name="Operations">The same by operation, the longest first.</param>
internal sealed record StepProfile(
    int Steps, double StepMilliseconds, IReadOnlyList<string> Threads, IReadOnlyList<ProfiledPart> Parts,
    IReadOnlyList<ProfiledOperation> Operations)
{
    private const string Waiting = "waiting for work", Bindings = ".NET and bindings";

    // The first that a name meets. Forward and backward are told apart where the last column says so.
    private static readonly (string Names, string Part, bool HasBackward)[] Rules =
    [
        ($"^{nameof(ViewLoader)}$", "waiting for images", false),
        ($"^{nameof(FusedNorm)}$|batch_norm", "BatchNorm, with sum and ReLU", true),
        ($"^{nameof(IOptimizer)}$", "optimizer", false),
        ($"^{nameof(TargetNetwork)}$", "moving average", false),
        ($"^{nameof(SecondThread)}$", "waiting for the other view", false),
        ($"^({nameof(StepTrial)}|{nameof(SecondThread.RunBoth)})$", Bindings, false),
        ($"conv|^{nameof(ProductGradient)}$", "convolution", true),
        ("linear|addmm|::mm|bmm|matmul", "matrix product", true),
        ("pool|::mean|MeanBackward", "pooling", true),
        ("relu|threshold", "ReLU", true),
        ("_to_copy|::to$|copy_|clone|contiguous|ToCopyBackward", "casts and copies", true),
        ("::empty|::new_empty|::resize|::zeros|::ones|::new_zeros", "memory", false),
        ("Backward|AccumulateGrad|^torch::|^autograd::|^CSharpNode$", "autograd", false),
        ("::(add|add_|sum)$", "addition", true),
        ("::(t|view|_unsafe_view|reshape|permute|transpose|expand|slice|narrow|select|as_strided|detach|detach_|alias|_reshape_alias|unsqueeze|"
            + "squeeze|expand_as|view_as|set_|result_type)$", "views of tensors", false),
        ("", "other operations", true),
    ];

    /// <summary>Takes steps, and times what they do.</summary>
    /// <param name="trial">Takes them; it is warm.</param>
    /// <param name="steps">How many.</param>
    public static StepProfile Measure(StepTrial trial, int steps)
    {
        using var clock = new OperationClock();
        var milliseconds = Enumerable.Range(0, steps).Sum(_ => trial.Step().TotalMilliseconds) / steps;
        clock.Dispose();
        return Of(clock.Threads, Environment.CurrentManagedThreadId, steps, milliseconds);
    }

    internal static StepProfile Of(IEnumerable<ThreadClock> clocks, int first, int steps, double milliseconds)
    {
        var threads = clocks.OrderBy(t => t.Number != first).ThenBy(t => t.Number).ToList();
        var operations = threads.Select(t => t.Operations.ToList()).ToList();
        var parts = Rules.SelectMany(r => r.HasBackward ? [$"{r.Part}, forward", $"{r.Part}, backward"] : (string[])[r.Part])
            .Select(part => new ProfiledPart(part, [.. operations.Select(thread => thread.Where(o => PartOf(o) == part).Sum(Share))]))
            .Append(new ProfiledPart(Waiting, [.. operations.Select(thread => milliseconds - thread.Sum(Share))]));
        var caller = threads.Count == 1 ? "both views" : "first view";
        return new StepProfile(steps, milliseconds,
            [.. threads.Select((t, i) => i == 0 ? caller : t.Name.Length > 0 ? t.Name : $"thread {t.Number}")],
            [.. parts.Where(p => p.Milliseconds.Any(m => m != 0))],
            [.. operations.SelectMany(o => o).GroupBy(o => (o.Name, o.IsBackward)).Select(o => new ProfiledOperation(
                o.Key.Name, o.Key.IsBackward, o.Sum(x => x.Calls) / (double)steps, o.Sum(Share))).OrderByDescending(o => o.Milliseconds)]);

        double Share(OperationTime operation) => operation.Time.TotalMilliseconds / steps;
    }

    private static string PartOf(OperationTime operation)
    {
        var rule = Rules.First(r => Regex.IsMatch(operation.Name, r.Names));
        return rule.HasBackward ? $"{rule.Part}, {(operation.IsBackward ? "backward" : "forward")}" : rule.Part;
    }
}

/// <summary>A part of a step.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Milliseconds">A step's time in it, by thread.</param>
internal sealed record ProfiledPart(string Name, IReadOnlyList<double> Milliseconds);

/// <summary>An operation of a step, on all threads.</summary>
/// <param name="Name">As libtorch calls it.</param>
/// <param name="IsBackward">Whether it was called by a backward pass.</param>
/// <param name="Calls">How often in a step.</param>
/// <param name="Milliseconds">A step's time in it, without the operations that it calls.</param>
internal sealed record ProfiledOperation(string Name, bool IsBackward, double Calls, double Milliseconds);
