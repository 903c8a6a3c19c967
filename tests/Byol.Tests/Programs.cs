using System.Diagnostics;

namespace Byol.Tests;

/// <summary>Programs that tests run as a person would.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end, one thread each for whatever computes.</summary>
    public static (int Code, string Out, string Error) Run(string program, params IEnumerable<string> arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    /// <summary>The same, with variables of its own in the environment.</summary>
    public static (int Code, string Out, string Error) Run(
        IReadOnlyDictionary<string, string> variables, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Run(start);
    }

    /// <summary>Runs a verb of the tool in a process of its own, with a variable of its own in the environment.</summary>
    public static (int Code, string Out, string Error) Verb(string variable, string value, params IEnumerable<string> arguments) =>
        In(typeof(Byol.Cli.Terminal.ExitCodes).Assembly, variable, value, arguments);

    /// <summary>Runs a program that is an assembly, with a variable of its own in the environment.</summary>
    public static (int Code, string Out, string Error) In(
        System.Reflection.Assembly program, string variable, string value, params IEnumerable<string> arguments) =>
        Run(new ProcessStartInfo("dotnet", [program.Location, .. arguments]) { Environment = { [variable] = value } });

    private static (int Code, string Out, string Error) Run(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.Environment["OMP_NUM_THREADS"]) = (true, true, "1");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs a sample that was built with the tests.</summary>
    public static string Sample(string name, params IEnumerable<string> arguments)
    {
        var (code, output, error) = RunSample(name, arguments);
        Assert.True(code == 0, $"{name}: {code}\n{output}\n{error}");
        return output;
    }

    /// <summary>The same, whether or not it succeeds.</summary>
    public static (int Code, string Out, string Error) RunSample(string name, params IEnumerable<string> arguments) =>
        Run("dotnet", [SamplePath(name), .. arguments]);

    /// <summary>The same of one that is to fail, with variables of its own in the environment.</summary>
    public static (int Code, string Out, string Error) FailingSample(
        string name, Dictionary<string, string> environment, params IEnumerable<string> arguments) =>
        Run(environment, "dotnet", [SamplePath(name), .. arguments]);

    /// <summary>The assembly of a sample.</summary>
    public static string SamplePath(string name) => Path.Combine(Repository.Root, "samples", name, "bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", $"{name}Sample.dll");
}
