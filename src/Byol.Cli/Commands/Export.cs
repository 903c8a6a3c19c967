using System.CommandLine;
using Byol.Cli.Exports;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.OnnxRuntime;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol export: the encoder alone, for other programs.</summary>
internal static class Export
{
    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var settings = new FileSettings();
        var format = new Option<string?>("--format",
            "--to") { Description = $"{string.Join(", ", ExportFormat.Names)}; by default according to the ending of --out." };
        var output = new Option<string>("--out") { Description = "The file to write.", Required = true };
        var data = new Option<string?>("--data")
        {
            Description = "onnx: images to check the file on; "
                + $"{KnownDataset.BundledName}, which comes with byol, by default. {DataInput.Help}",
        };
        var (force, json) = (OutputPath.Force(), Output.Json());
        const string about = "Write the encoder for PyTorch, ONNX Runtime or any reader of safetensors, and check what was written.";
        var command = new Command("export", about) { encoder, format, output, data, force, json };
        settings.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(output)!;
            var chosen = ExportFormat.Of(parsed.GetValue(format), path);
            OutputPath.File(output.Name, path, parsed.GetValue(force), Path.GetExtension(path));
            if (chosen == ExportFormat.Onnx) OutputPath.New(output.Name, parsed.GetValue(force), Path.ChangeExtension(path, ".json"));
            if (parsed.GetValue(data) is { } given && chosen != ExportFormat.Onnx)
                throw new ArgumentException($"--data {given} does not go with --format {chosen}; leave it out.");
            var opened = EncoderInput.OpenWeights(EncoderInput.Path(parsed.GetValue(encoder)!), settings.Of(parsed), CPU).Opened;
            using var _ = opened;
            var exported = chosen switch
            {
                ExportFormat.Onnx => Exported.Of(opened.ExportOnnx(path, Images(parsed.GetValue(data))), opened.Description),
                _ => WeightsExport.Write(path, chosen, opened),
            };
            Output.Write(parsed.GetValue(json), exported, exported.Describe());
            return ExitCodes.Done;
        });
        return command;
    }

    private static IDataset Images(string? data) =>
        data is null ? DatasetCatalog.FromEnvironment().Open($"{KnownDataset.BundledName}:validation") : DataInput.Open(data);
}
