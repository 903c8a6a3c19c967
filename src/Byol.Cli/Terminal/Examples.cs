using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Byol.Cli.Terminal;

/// <summary>What to type, below the help of every verb.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> Lines = new()
    {
        [""] = ["byol quickstart", "byol pretrain --data photos --out runs/mine", "byol watch runs"],
        ["quickstart"] = ["byol quickstart"],
        ["doctor"] = ["byol doctor"],
        ["data"] = ["byol data info photos"],
        ["data list"] = ["byol data list"],
        ["data info"] = ["byol data info photos", "byol data info \"train-{000000..000003}.tar\" --json"],
        ["data get"] = ["byol data get cifar10"],
        ["data pack"] = ["byol data pack photos --out photos.byolpack"],
        ["encoders"] = ["byol encoders list"],
        ["encoders list"] = ["byol encoders list"],
        ["encoders get"] = ["byol encoders get imagenet-resnet18"],
        ["encoders info"] = ["byol encoders info imagenet-resnet18"],
        ["preview"] = ["byol preview --data photos --out views.png"],
        ["compare"] = ["byol compare --data photos --train labeled --budget 30m --out runs/compare"],
        ["pretrain"] =
        [
            "byol pretrain --data photos --out runs/mine", "byol pretrain --data photos --out runs/mine --resume",
            "byol pretrain --init-from imagenet-resnet18 --data photos --budget 1h --out runs/parts",
        ],
        ["watch"] = ["byol watch runs/mine --open", "byol watch runs"],
        ["report"] = ["byol report runs/mine", "byol report runs/one runs/two --out both.html"],
        ["evaluate"] =
        [
            "byol evaluate runs/mine --train labeled --baselines",
            "byol evaluate runs/mine --train labeled --test others --protocol linear --labels 1%,10% --repeats 3",
        ],
        ["diagnose"] = ["byol diagnose runs/mine --data photos"],
        ["classifier"] = ["byol classifier runs/mine --train labeled --out parts.onnx"],
        ["predict"] = ["byol predict parts.onnx --data photos --out predictions.html"],
        ["embed"] = ["byol embed runs/mine --data photos --out photos.parquet"],
        ["search"] = ["byol search runs/mine --query one.jpg --data photos --out nearest.html"],
        ["duplicates"] = ["byol duplicates runs/mine --data photos --out duplicates.html"],
        ["map"] = ["byol map runs/mine --data photos --out map.html"],
        ["export"] = ["byol export runs/mine --out encoder.onnx"],
        ["checkpoints"] = ["byol checkpoints runs/mine"],
        ["reproduce"] = ["byol reproduce tau"],
        ["reproduce tau"] = ["byol reproduce tau"],
        ["reproduce fixed-target"] = ["byol reproduce fixed-target --rounds 3"],
        ["reproduce augmentations"] = ["byol reproduce augmentations"],
        ["reproduce few-labels"] = ["byol reproduce few-labels"],
        ["bench"] = ["byol bench"],
        ["bench step"] = ["byol bench step --recipe cifar10-small"],
        ["bench scale"] = ["byol bench scale --recipe cifar10-small --ranks 2"],
        ["bench views"] = ["byol bench views --data photos"],
        ["bench embed"] = ["byol bench embed runs/mine"],
        ["bench knn"] = ["byol bench knn"],
    };

    /// <summary>The examples of a verb; none if it has none.</summary>
    /// <param name="verb">As it is typed after byol.</param>
    public static IReadOnlyList<string> Of(string verb) => Lines.GetValueOrDefault(verb) ?? [];

    /// <summary>An option of help that adds them.</summary>
    public static HelpOption Help()
    {
        var help = new HelpOption();
        help.Action = new WithExamples((HelpAction)help.Action!);
        return help;
    }

    private sealed class WithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var code = help.Invoke(parsed);
            var verb = string.Join(' ', Path(parsed).Reverse().Skip(1));
            if (Of(verb) is not { Count: > 0 } lines) return code;
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(lines.Count == 1 ? "Example:" : "Examples:");
            foreach (var line in lines) output.WriteLine($"  {line}");
            output.WriteLine();
            return code;
        }

        private static IEnumerable<string> Path(ParseResult parsed)
        {
            for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
                yield return at.Command.Name;
        }
    }
}
