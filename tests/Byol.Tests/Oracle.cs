using System.Diagnostics;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests;

/// <summary>PyTorch, torchvision and scikit-learn as Debian has them: they are asked the same question by a script of tests/oracle.</summary>
internal static class Oracle
{
    private static readonly Lazy<string?> Python = new(() => ((string[])["/usr/bin/python3", "python3"])
        .FirstOrDefault(p => Run(p, ["-c", "import torch, torchvision, PIL, numpy, sklearn"]).ExitCode == 0));

    /// <summary>Gives tensors to a script and takes tensors back, both as safetensors; skips the test where there is no oracle.</summary>
    public static Dictionary<string, Tensor> Ask(
        string script, IReadOnlyList<(string Name, Tensor Value)> question, params string[] arguments)
    {
        Assert.SkipWhen(Python.Value is null,
            "No oracle here: apt-get install --no-install-recommends python3-torch python3-torchvision python3-pil python3-numpy python3-sklearn");
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder["question.safetensors"]))
            Safetensors.Write(stream, question, new Dictionary<string, string>());
        var path = Path.Combine(Repository.Root, "tests", "oracle", script);
        var (exitCode, error) = Run(Python.Value!, [path, folder["question.safetensors"], folder["answer.safetensors"], .. arguments]);
        Assert.True(exitCode == 0, error);
        using var answer = new SafetensorsFile(folder["answer.safetensors"]);
        return answer.Names.ToDictionary(n => n, answer.Read);
    }

    private static (int ExitCode, string Error) Run(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                Environment = { ["OMP_NUM_THREADS"] = "2" },
            };
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
