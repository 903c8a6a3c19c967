using System.CommandLine;
using System.Text;
using Byol.Data.Views;
using Byol.Evaluation;
using Byol.Export;
using Byol.Interop;
using Byol.Reports;
using Byol.Runs;

namespace Byol.Cli.Commands;

/// <summary>byol evaluate: what an encoder is worth.</summary>
internal static class Evaluate
{
    private const int FewClasses = 6;   // up to here the classes are shown one by one without being asked for

    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = "A run folder or an encoder.safetensors." };
        var train = new Option<string>("--train") { Description = $"Labelled images to learn from. {Data.Help}", Required = true };
        var test = new Option<string>("--test") { Description = "Labelled images that are classified.", Required = true };
        var labels = new Option<string[]>("--labels") { Description = "Labels to learn from: 1%, 10%, 5-per-class, all; several with commas.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["all"] };
        var repeats = new Option<int>("--repeats") { Description = "Draws of the labels; the table has mean and standard deviation.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { Description = "Draws labels, untrained weights, folds, order and crops.", DefaultValueFactory = _ => 1 };
        var baselines = new Option<bool>("--baselines") { Description = "Raw pixels, their principal components and an untrained encoder beside it." };
        var perClass = new Option<bool>("--per-class") { Description = $"Recall, precision and confusion of each class; unasked up to {FewClasses} classes." };
        var confusion = new Option<string?>("--confusion") { Description = "An .svg to draw the confusion matrix in." };
        var json = Output.Json();
        var protocol = new ProtocolInputs();
        var command = new Command("evaluate", "Score an encoder on labelled images.") { encoder, train, test, labels, repeats, seed, baselines, perClass, confusion, json };
        protocol.AddTo(command);
        command.SetAction(parsed =>
        {
            var chosen = protocol.Resolve(parsed);
            var amounts = LabelAmount.ParseList(string.Join(',', parsed.GetValue(labels)!));
            var draws = parsed.GetValue(repeats) is >= 1 and <= 1000 and var n ? n : throw new ArgumentException($"--repeats {parsed.GetValue(repeats)} must lie between 1 and 1000; use for instance 3.");
            var picture = PicturePath(parsed.GetValue(confusion));
            var path = EncoderPath(parsed.GetValue(encoder)!);
            var task = new EvaluationTask(Data.Open(parsed.GetValue(train)!), Data.Open(parsed.GetValue(test)!));
            chosen = chosen.For(amounts.Min(a => LabelDraw.Indices(task, a, parsed.GetValue(seed), 0).Length));

            var (network, preparation) = EncoderFile.Read(path, TorchRuntime.DefaultDevice);
            using var _ = network;
            var candidates = new Candidates(task, Views(preparation), chosen, parsed.GetValue(seed), TorchRuntime.DefaultDevice);
            var rows = new List<EvaluationRow>();
            foreach (var make in candidates.Of(network, path, parsed.GetValue(baselines)))
            {
                using var candidate = make();
                rows.AddRange(amounts.Select(amount => EvaluationRow.Score(candidate, task, amount, chosen.IsDeterministic && amount == LabelAmount.All ? 1 : draws, parsed.GetValue(seed), rows.Count > 0 || draws > 1 ? Console.Error : null)));
            }

            var last = rows[^1];
            if (picture is not null)
                File.WriteAllText(picture, ConfusionPicture.Draw($"{last.Features}, {chosen.Name}, {task.Test.Name}: {Output.Percent(last.Accuracy)}", task.Classes, last.Confusion), new UTF8Encoding(false));
            var text = EvaluationTable.Format(EvaluationTable.Heading(chosen, task), rows, task);
            if (parsed.GetValue(perClass) || task.Classes.Count <= FewClasses) text += EvaluationTable.PerClass(last, task.Classes);
            Output.Write(parsed.GetValue(json), new { protocol = chosen.Name, options = chosen.Options, train = task.Train.Name, test = task.Test.Name, task.Classes, seed = parsed.GetValue(seed), rows }, text);
            return ExitCodes.Done;
        });
        return command;
    }

    public static ViewOptions Views(Preparation preparation) => new()
    {
        ImageSize = preparation.ImageSize,
        EvaluationCrop = preparation.CentreCrop,
        Mean = new Channels(preparation.Mean[0], preparation.Mean[1], preparation.Mean[2]),
        StandardDeviation = new Channels(preparation.StandardDeviation[0], preparation.StandardDeviation[1], preparation.StandardDeviation[2]),
    };

    private static string EncoderPath(string encoder)
    {
        var path = Directory.Exists(encoder) ? RunDirectory.EncoderIn(encoder) : encoder;
        return File.Exists(path) ? path : throw new ArgumentException($"Encoder {path} does not exist; give the folder of a run that byol pretrain finished, or an encoder.safetensors.");
    }

    // Found out before hours of work, not after.
    private static string? PicturePath(string? path)
    {
        if (path is null) return null;
        if (!path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"--confusion {path} must end in .svg.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var _ = File.OpenWrite(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"--confusion {path} cannot be written ({e.Message.TrimEnd('.')}); choose another file.", e);
        }
        return path;
    }
}
