using System.Diagnostics;

namespace Byol.Tests;

/// <summary>Programs that tests run as a person would.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end, one thread each for whatever computes.</summary>
    public static (int Code, string Out, string Error) Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["OMP_NUM_THREADS"] = "1" }
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs a sample that was built with the tests.</summary>
    public static string Sample(string name, params IEnumerable<string> arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples", name, "bin", configuration, "net10.0", $"{name}Sample.dll");
        var (code, output, error) = Run("dotnet", [program, .. arguments]);
        Assert.True(code == 0, $"{name}: {code}\n{output}\n{error}");
        return output;
    }
}
