using System.Diagnostics;
using Byol.Faults.Trials;
using static TorchSharp.torch;

namespace Byol.Faults.Soaking;

/// <summary>The negative control of the soak: the same noise beside a loop
/// that passes Scalars as TorchSharp's users do, held by nothing.</summary>
/// <remarks>It may end the process that it runs in.</remarks>
internal static class ScalarRace
{
    private const int Found = 3, CallsAtOnce = 1000;

    /// <summary>Loops in a process of its own.</summary>
    /// <returns>What was found; null where a minute went by and nothing happened.</returns>
    public static string? InProcess(TimeSpan patience)
    {
        var result = Tool.Run(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "Byol.Faults.dll"), "race", "--seconds", $"{patience.TotalSeconds:F0}"],
            Path.GetTempPath());
        return result.Code == 0 ? null : result.Code == Found ? result.Output.Trim() : $"the process ended with {result.Code}";
    }

    /// <summary>Loops here.</summary>
    /// <returns>The exit code.</returns>
    public static int Loop(TimeSpan patience)
    {
        using var noise = new AllocatingThread();
        using var ones = zeros(1);
        var watch = Stopwatch.StartNew();
        for (var calls = 0L; watch.Elapsed < patience; calls += CallsAtOnce)
        {
            try
            {
                ones.zero_();
                for (var i = 0; i < CallsAtOnce; i++) ones.add_(1);   // an implicit Scalar, twice: the number and alpha
                if (ones.data<float>()[0] is var sum && sum != CallsAtOnce) return Say($"{CallsAtOnce} times 1 were {sum}", calls);
            }
            catch (Exception e) when (e is System.Runtime.InteropServices.ExternalException or InvalidOperationException)
            {
                return Say($"{e.GetType().Name}: {e.Message.Split('\n')[0]}", calls);
            }
        }
        return 0;
    }

    private static int Say(string what, long calls)
    {
        Console.WriteLine($"after {calls:N0} calls, {what}");
        return Found;
    }
}
