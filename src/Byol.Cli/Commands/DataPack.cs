using System.CommandLine;
using System.Globalization;
using System.Text;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data pack: large photographs are decoded once instead of in every epoch.</summary>
internal static class DataPack
{
    private const int DefaultShortSide = 256, LeastShortSide = 8, MostShortSide = 8192;

    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = Data.Help };
        var output = new Option<string>("--out") { Description = $"The file to write, FILE{PackedDataset.Extension} by custom; where an earlier run of this command was interrupted, it goes on.", Required = true };
        var shortSide = new Option<int>("--short-side") { Description = "Images whose short side is longer are shrunk to it, in pixels.", DefaultValueFactory = _ => DefaultShortSide };
        var json = Output.Json();
        var command = new Command("pack", "Decode images once, shrink large ones, and keep them in one file that is read as data.") { data, output, shortSide, json };
        command.SetAction(parsed =>
        {
            var (path, side) = (parsed.GetValue(output)!, parsed.GetValue(shortSide));
            if (side is < LeastShortSide or > MostShortSide) throw new ArgumentException($"--short-side {side} must lie between {LeastShortSide} and {MostShortSide} pixels.");
            if (Directory.Exists(path) || Path.GetFileName(path).Length == 0) throw new ArgumentException($"--out {path} must be a file, for instance {Path.Join(path, "images" + PackedDataset.Extension)}.");
            var dataset = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

            using var interruption = new Interruption("keeping what is packed");
            var result = DatasetPacker.Pack(dataset, path, side, Environment.ProcessorCount, PackingProgress.OnStandardError().Report, interruption.Token);
            Output.Write(parsed.GetValue(json), new { path, shortSide = side, result.Finished, result.Images, result.Bytes, result.Unreadable }, Describe(dataset, path, result));
            return !result.Finished ? interruption.ExitCode : result.Images > 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>What data info says of a pack beside what it says of all data.</summary>
    public static string Describe(PackedDataset pack) => string.Create(CultureInfo.InvariantCulture, $"packed from {pack.Source}, short sides at most {pack.ShortSide} pixels\n") + List(pack.Unreadable);

    private static string Describe(IDataset data, string path, PackResult result)
    {
        var done = new StringBuilder();
        if (!result.Finished) return done.AppendLine(CultureInfo.InvariantCulture, $"Interrupted at {result.Images + result.Unreadable.Count:N0} of {data.Count:N0} images; the same command goes on.").ToString();
        if (result.Images == 0) done.AppendLine($"No image of {data.Name} could be read; nothing was written.");
        else done.AppendLine(CultureInfo.InvariantCulture, $"Packed {result.Images:N0} images of {data.Name}: {path}, {result.Bytes / 1e6:N1} MB");
        return done.Append(List(result.Unreadable)).ToString();
    }

    private static string List(IReadOnlyList<UnreadableImage> unreadable) => unreadable.Count == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{unreadable.Count:N0} could not be read and {(unreadable.Count == 1 ? "is" : "are")} left out:\n")
            + string.Concat(unreadable.Select(u => $"  {u.Name}: {u.Reason}\n"));
}
