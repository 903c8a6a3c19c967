using System.Diagnostics;
using System.Text.RegularExpressions;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.Export;
using Byol.Models;
using Byol.OnnxRuntime;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Samples;

/// <summary>A classifier of three kinds of clothes, and the sample that serves it on a free port of this machine.</summary>
public sealed partial class RunningService : IDisposable
{
    private const int PerClass = 20;
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public RunningService()
    {
        var clothes = DatasetCatalog.FromEnvironment().Open("fashion-mnist-10k");
        var perClass = new int[3];
        for (var i = 0; perClass.Sum() < 3 * PerClass; i++)
        {
            var label = clothes.Label(i)!.Value;
            if (label >= 3 || perClass[label] == PerClass) continue;
            perClass[label]++;
            Made.File(_folder[$"labeled/{label}/{i:D4}.png"], ImageEncoder.Png(clothes.Read(i)));
        }
        WriteClassifier();
        _process = Process.Start(new ProcessStartInfo("dotnet", [Programs.SamplePath("Service"), Onnx, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true, Environment = { ["OMP_NUM_THREADS"] = "1" },
        })!;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } address) continue;
            Client.BaseAddress = new Uri(address.Groups[1].Value);
            _ = _process.StandardOutput.ReadToEndAsync();      // or it would wait for somebody to read
            return;
        }
        Dispose();
        throw new InvalidOperationException($"The service ended with {_process.ExitCode} before it listened.");
    }

    public HttpClient Client { get; } = new();

    public string Onnx => _folder["parts.onnx"];

    /// <summary>The files that its process has mapped, on Linux.</summary>
    public string MappedFiles => File.ReadAllText($"/proc/{_process.Id}/maps");

    public string[] Photographs => Directory.GetFiles(_folder["labeled"], "*.png", SearchOption.AllDirectories);

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _folder.Dispose();
    }

    private void WriteClassifier()
    {
        var recipe = RecipeFile.Open("quickstart");
        using (var weights = new WeightSource(3, CPU))
        using (var network = recipe.Encoder.Create(weights))
        using (var stream = File.Create(_folder["encoder.safetensors"]))
            EncoderWriter.Write(stream, network, new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views)));
        var labeled = new ImageFolder(_folder["labeled"]);
        using var encoder = EncoderFile.Open(_folder["encoder.safetensors"], CPU);
        using var classifier = Classifier.Train(encoder, labeled);
        classifier.ExportOnnx(Onnx, labeled);
    }

    [GeneratedRegex("Now listening on: (http://127.0.0.1:[0-9]+)")]
    private static partial Regex Listening();
}
