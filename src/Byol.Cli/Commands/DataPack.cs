using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data pack: large photographs are decoded once instead of in every epoch.</summary>
internal static class DataPack
{
    private const int DefaultShortSide = 256, LeastShortSide = 8, MostShortSide = 8192;

    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = DataInput.Help };
        var output = new Option<string>("--out")
        {
            Description = $"The file to write, a {DatasetPacker.Extension} by custom; the same command resumes an interrupted run.",
            Required = true
        };
        var shortSide = new Option<int>("--short-side")
        {
            Description = "Images with a longer short side are shrunk to this length, in pixels.",
            DefaultValueFactory = _ => DefaultShortSide
        };
        var (force, json) = (OutputPath.Force(), Output.Json());
        var images = new ImageInputs();
        var command = new Command("pack", "Decode images once, shrink large ones, and keep them in one file, which then serves as data.")
        {
            data, output, shortSide, force, json
        };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            var (path, side) = (parsed.GetValue(output)!, parsed.GetValue(shortSide));
            if (side is < LeastShortSide or > MostShortSide)
                throw new ArgumentException($"--short-side {side} must lie between {LeastShortSide} and {MostShortSide} pixels.");
            if (Directory.Exists(path) || Path.GetFileName(path).Length == 0)
            {
                throw new ArgumentException(
                    $"--out {path} must be a file, for instance {Path.Join(path, "images" + DatasetPacker.Extension)}.");
            }
            OutputPath.File(output.Name, path, parsed.GetValue(force), Path.GetExtension(path));
            var dataset = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!, images.Resolve(parsed));
            OutputPath.MakeFolder(path);
            File.Delete(path);      // only where --force allows it
            using var interruption = new Interruption("keeping what is packed");
            var progress = ImageProgress.OnStandardError();
            var result = DatasetPacker.Pack(dataset, path, side, Environment.ProcessorCount,
                (done, kept, bytes) => progress.Report(done, kept, dataset.Count, bytes), interruption.Token);
            var notes = DatasetNotes.Of(dataset);
            var summary = new
            {
                path, shortSide = side, result.Finished, result.Images, result.Bytes, result.Unreadable,
                notes.PassedOver, notes = notes.Remarks,
            };
            Output.Write(parsed.GetValue(json), summary, Describe(dataset, path, result));
            return !result.Finished ? interruption.ExitCode : result.Images > 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static string Describe(IDataset data, string path, PackResult result)
    {
        var done = result.Images + result.Unreadable.Count;
        if (!result.Finished)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"Interrupted at {done:N0} of {data.Count:N0} images; the same command resumes.\n");
        }
        var outcome = result.Images == 0 ? $"No image of {data.Name} could be read; nothing was written.\n"
            : string.Create(CultureInfo.InvariantCulture,
                $"Packed {Counts.Of(result.Images, "image")} of {data.Name}: {path}, {result.Bytes / 1e6:N1} MB\n");
        return outcome + Output.List(result.Unreadable) + Output.Notes(DatasetNotes.Of(data));
    }
}
