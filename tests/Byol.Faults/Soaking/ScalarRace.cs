using System.Diagnostics;
using Byol.Faults.Trials;
using static TorchSharp.torch;

namespace Byol.Faults.Soaking;

/// <summary>A loop that passes Scalars as TorchSharp's users do, held by nothing, beside the noise of the soak. On the woven TorchSharp it
/// goes on for as long as wanted; on the original, its negative control, it ends soon.</summary>
/// <remarks>It may end the process that it runs in.</remarks>
internal static class ScalarRace
{
    private const int Found = 3, CallsAtOnce = 1000;
    private const string Program = "Byol.Faults.", TorchSharp = "TorchSharp.dll", Original = "TorchSharp.original.dll";

    /// <summary>Loops in a process of its own.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="original">With the TorchSharp of the package in place of the woven one.</param>
    /// <returns>Whether nothing happened, and what did.</returns>
    public static (bool Survived, string What) InProcess(TimeSpan patience, bool original)
    {
        var folder = Scratch.New("race");
        try
        {
            var program = original ? WithOriginal(folder) : AppContext.BaseDirectory;
            var result = Tool.Run(
                ["dotnet", Path.Combine(program, $"{Program}dll"), "race", "--seconds", $"{patience.TotalSeconds:F0}"], folder);
            return (result.Code == 0,
                result.Code is 0 or Found ? result.Output.Trim() : $"the process ended with {result.Code} {result.Error.Trim()}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Loops here.</summary>
    /// <returns>The exit code.</returns>
    public static int Loop(TimeSpan patience)
    {
        using var noise = new AllocatingThread();
        using var one = ones(1);
        var watch = Stopwatch.StartNew();
        var calls = 0L;
        for (; watch.Elapsed < patience; calls += CallsAtOnce)
        {
            try
            {
                if (Count(one) is var sum && sum != CallsAtOnce) return Say($"{CallsAtOnce} times 1 were {sum}", Found);
            }
            catch (Exception e) when (e is System.Runtime.InteropServices.ExternalException or InvalidOperationException)
            {
                return Say($"{e.GetType().Name}: {e.Message.Split('\n')[0]}", Found);
            }
        }
        return Say($"right beside {noise.Collections:N0} garbage collections", 0);

        int Say(string what, int code)
        {
            Console.WriteLine($"{calls:N0} calls in {watch.Elapsed.TotalSeconds:F0} s: {what}");
            return code;
        }
    }

    private static float Count(Tensor one)
    {
        var sum = zeros(1);
        for (var i = 0; i < CallsAtOnce; i += 2)
        {
            sum.add_(1);                // implicit Scalars: the number, and alpha
            var next = sum + one;       // alpha
            sum.Dispose();
            sum = next;
        }
        using (sum) return sum.item<float>();
    }

    // A copy of this program but for TorchSharp. Links do for the rest; the program and TorchSharp are copied, because the host takes a
    // program's folder, and an assembly's name, from where a link leads.
    private static string WithOriginal(string folder)
    {
        var program = Directory.CreateDirectory(Path.Combine(folder, "program")).FullName;
        foreach (var entry in new DirectoryInfo(AppContext.BaseDirectory).EnumerateFileSystemInfos().Where(e => e.Name != TorchSharp))
        {
            var copy = Path.Combine(program, entry.Name);
            if (entry.Name.StartsWith(Program, StringComparison.Ordinal)) File.Copy(entry.FullName, copy);
            else File.CreateSymbolicLink(copy, entry.FullName);
        }
        File.Copy(Path.Combine(AppContext.BaseDirectory, Original), Path.Combine(program, TorchSharp));
        return program;
    }
}
