using Byol.Cli;
using Byol.Cli.Terminal;

namespace Byol.Tests.Cli;

/// <summary>These tests take over the console and the environment: one at a time, and beside no other test of their process.</summary>
/// <remarks>By the trait <c>./test</c> gives them a process to themselves, so that the other cores are not idle.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
[Trait("process", "own")]
public sealed class CommandLine
{
    public const string Name = "command line";

    /// <summary>What a tiny run needs; 64 images of 16 px are 4 steps an epoch.</summary>
    internal static readonly string[] Tiny =
    [
        "--recipe", "quickstart", "--encoder", "resnet18x0.125", "--epochs", "2", "--batch-size", "16", "--image-size", "16",
        "--set", "method.projector_hidden=16", "--set", "method.projection_size=8", "--set", "method.predictor_hidden=16",
        "--set", "training.log_every_steps=1", "--set", "training.loader_threads=1", "--checkpoint-every", "1 epoch",
    ];

    /// <summary>Runs a verb as Program does, and takes what it prints.</summary>
    internal static (int Code, string Out, string Error) Run(params IEnumerable<string> arguments)
    {
        var (standardOut, standardError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            return (ExitCodes.Run(Verbs.Create(), [.. arguments]), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(standardOut);
            Console.SetError(standardError);
        }
    }

    /// <summary>Runs a verb that must refuse its input: code 2, nothing on standard output, one line with all of these words.</summary>
    internal static void Refuses(IEnumerable<string> arguments, params string[] words)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == ExitCodes.WrongInput, $"{code}: {error}");
        Assert.Empty(output);
        Assert.StartsWith("byol: ", error);
        Assert.EndsWith(Environment.NewLine, error);
        Assert.DoesNotContain('\n', error.TrimEnd());
        Assert.DoesNotContain("System.", error);
        Assert.DoesNotContain("   at ", error);
        Assert.All(words, w => Assert.Contains(w, error));
    }
}

/// <summary>An environment variable for as long as a test lasts.</summary>
internal sealed class EnvironmentVariable : IDisposable
{
    private readonly string _name;
    private readonly string? _before;

    public EnvironmentVariable(string name, string? value)
    {
        (_name, _before) = (name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
}
