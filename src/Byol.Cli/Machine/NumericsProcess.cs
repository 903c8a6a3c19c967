using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Interop;
using Byol.Models.Numerics;

namespace Byol.Cli.Machine;

/// <summary>What a sweep of numerics found.</summary>
/// <param name="Checked">Layers that were computed.</param>
/// <param name="All">Layers that there are.</param>
/// <param name="Largest">The largest deviation relative to its tolerance: right up to 1.</param>
/// <param name="Faults">One line for each layer that is wrong.</param>
internal sealed record NumericsResult(int Checked, int All, double Largest, IReadOnlyList<string> Faults);

/// <summary>The sweep of numerics in a process of its own: a fault may end the process that meets it.</summary>
internal static class NumericsProcess
{
    /// <summary>The hidden option of <c>byol doctor</c> that makes it the other process: where it begins.</summary>
    public const string From = "--numerics-from";

    /// <summary>The option of <c>byol doctor</c> that goes through all layers.</summary>
    public const string Whole = "--numerics";

    private const string Begins = "begins", Ends = "ends";

    private static readonly TimeSpan ToBegin = TimeSpan.FromMinutes(1);

    /// <summary>Goes through the layers until time is up.</summary>
    /// <param name="isWhole">All layers, or those alone that take little time.</param>
    /// <param name="limit">How long.</param>
    /// <param name="progress">Hears how many of how many are done, and how many are wrong.</param>
    public static NumericsResult Run(bool isWhole, TimeSpan limit, Action<int, int, int> progress) =>
        Run(isWhole, limit, progress, from => Command(isWhole, from));

    /// <inheritdoc cref="Run(bool, TimeSpan, Action{int, int, int})"/>
    /// <param name="isWhole">All layers, or those alone that take little time.</param>
    /// <param name="limit">How long.</param>
    /// <param name="progress">Hears how many of how many are done, and how many are wrong.</param>
    /// <param name="command">What computes the layers from one on.</param>
    internal static NumericsResult Run(bool isWhole, TimeSpan limit, Action<int, int, int> progress, Func<int, ProcessStartInfo> command)
    {
        var shapes = NumericsSweep.Shapes(isWhole);
        var (next, largest, faults) = (0, 0.0, new List<string>());
        using var timeUp = new CancellationTokenSource(limit + ToBegin);
        var hasBegun = false;
        while (next < shapes.Count && !timeUp.IsCancellationRequested)
        {
            using var process = Start(command(next));
            using var _ = timeUp.Token.Register(() => process.Kill(entireProcessTree: true));
            var isBegun = false;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.Split(' ') is not [Begins or Ends, ..] fields) continue;
                if (!hasBegun) timeUp.CancelAfter(limit);     // time runs from the first layer
                hasBegun = true;
                isBegun = fields[0] == Begins;
                if (isBegun) continue;
                var relative = double.Parse(fields[1], CultureInfo.InvariantCulture) / NumericsCheck.Tolerance(shapes[next].Type);
                if (relative > 1) faults.Add($"{shapes[next]}, is wrong by {fields[1]} of the typical size of its numbers");
                largest = Math.Max(largest, relative);
                progress(++next, shapes.Count, faults.Count);
            }
            process.WaitForExit();
            if (timeUp.IsCancellationRequested || process.ExitCode == 0) break;
            if (!isBegun) throw new InvalidOperationException($"The sweep ended with exit code {process.ExitCode} before it computed anything.");
            faults.Add($"{shapes[next]}, ends the process with exit code {process.ExitCode}");
            progress(++next, shapes.Count, faults.Count);
        }
        return new NumericsResult(next, shapes.Count, largest, faults);
    }

    /// <summary>What the other process does: computes one layer after another and says so on standard output.</summary>
    public static void Work(bool isWhole, int from)
    {
        TorchRuntime.Initialize();
        foreach (var shape in NumericsSweep.Shapes(isWhole).Skip(from))
        {
            Say(Begins);
            Say(string.Create(CultureInfo.InvariantCulture, $"{Ends} {shape.Deviation(withGradients: true):0.0e+0}"));
        }

        static void Say(string line)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    private static ProcessStartInfo Command(bool isWhole, int from)
    {
        var own = Environment.ProcessPath!;
        var host = Path.GetFileNameWithoutExtension(own) == "dotnet"
            ? own
            : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return new ProcessStartInfo(
            host, [typeof(NumericsProcess).Assembly.Location, "doctor", From, $"{from}", .. isWhole ? new[] { Whole } : []]);
    }

    private static Process Start(ProcessStartInfo command)
    {
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;      // a process that is ended by a signal writes a page there
        var process = Process.Start(command)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
