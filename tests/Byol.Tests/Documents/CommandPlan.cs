using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>When a documented command is run.</summary>
internal enum WhenRun
{
    /// <summary>By every <c>./test</c>.</summary>
    Daily,

    /// <summary>By <c>./test --nightly</c>.</summary>
    Nightly,

    /// <summary>Never: it is parsed, and its plan says why that is all.</summary>
    Parsed,
}

/// <summary>When a documented command is run, and with what added so that it ends in time.</summary>
/// <param name="When">When.</param>
/// <param name="Added">Options that are added unless they are there.</param>
/// <param name="Why">Why it is not run by every <c>./test</c>.</param>
internal sealed record CommandPlan(WhenRun When, string Added = "", string Why = "")
{
    private static readonly (string Pattern, CommandPlan Plan)[] Rules =
    [
        // Of this tool.
        ("^byol data get", new(WhenRun.Parsed, Why: "it downloads; DatasetDownloadTests do, from a server of their own")),
        ("^byol encoders get", new(WhenRun.Nightly, Why: "it may download")),
        ("^byol watch", new(WhenRun.Parsed, Why: "it serves until it is interrupted; WatchTests does that")),
        ("^byol doctor", new(WhenRun.Nightly, Why: "it computes layers for some seconds, or for minutes")),
        ("^byol quickstart", new(WhenRun.Nightly, Why: "it takes minutes")),
        ("^byol compare", new(WhenRun.Nightly, "--budget 5m", "it takes minutes")),
        ("^byol reproduce", new(WhenRun.Nightly, "--epochs 1 --seeds 1", "it takes minutes")),
        ("^byol bench", new(WhenRun.Nightly, Why: "it measures, and so it takes long")),
        ("^byol (classifier|evaluate) .*imagenet-", new(WhenRun.Nightly, Why: "the encoder is large, and may have to be fetched")),
        ("^byol .*--(finetune|protocol (finetune|supervised))", new(WhenRun.Nightly, "--epochs 1", "it trains")),
        ("^byol pretrain .*--resume", new(WhenRun.Daily)),
        ("^byol pretrain .*--budget", new(WhenRun.Nightly, "--max-steps 2 --batch-size 16", "it trains")),
        ("^byol pretrain", new(WhenRun.Nightly, "--max-steps 2 --batch-size 16", "it trains")),
        ("^byol (data (list|info|pack)|encoders (list|info)|preview|report|evaluate|diagnose|classifier|predict|embed|search|duplicates|map|export|checkpoints)",
            new(WhenRun.Daily)),
        ("^byol (--help|--version|[a-z -]+ --help)", new(WhenRun.Daily)),
        ("^mpirun .*bench scale --worker", new(WhenRun.Parsed, Why: "byol bench scale starts it, and reads what it prints")),
        ("^mpirun ", new(WhenRun.Nightly, "--max-steps 2 --batch-size 16", "it starts several processes")),

        // Of this checkout.
        (@"^([A-Z_]+=\S+ )*\./test( |$)", new(WhenRun.Parsed, Why: "it is what runs this")),
        (@"^(\./)?tests/(repeat|faults/run|gpu/run|nightly|same-bits)", new(WhenRun.Parsed, Why: "it takes from minutes to an hour; tests/runs.md and docs/RELIABILITY.md have its results")),
        (@"^\./docs/build", new(WhenRun.Parsed, Why: "continuous integration runs it")),
        ("^dotnet run --project docs/generator", new(WhenRun.Parsed, Why: "it writes into this checkout; ReferencePageTests runs the same code")),
        ("^dotnet run --project samples", new(WhenRun.Parsed, Why: "InspectionTests and SamplesTests run the samples")),
        ("^dotnet run --project bench", new(WhenRun.Parsed, Why: "it measures for minutes; bench/results has its tables")),
        (@"^(dotnet build|dotnet tests/|dotnet format|dotnet restore|dotnet test)", new(WhenRun.Parsed, Why: "it builds this checkout, which runs")),
        ("^dotnet (pack|tool install|add|new|run|publish)|^export PATH", new(WhenRun.Parsed, Why: "PackagingTests builds, installs and references the packages")),
        (@"^(python3? )?bench/", new(WhenRun.Parsed, Why: "it measures, for up to hours, beside PyTorch")),

        // Of others.
        ("^(git|cd|mkdir|cp|mv|rm|ls|curl|ssh|scp|tensorboard|sbatch|srun|apt-get|sudo|docker|nvidia-smi|set|export) ?", new(WhenRun.Parsed, Why: "it is no program of this repository")),
    ];

    /// <summary>The first rule that a command meets; null where there is none.</summary>
    /// <param name="command">As it is typed.</param>
    public static CommandPlan? Of(string command)
    {
        var typed = Named(command);
        return Rules.FirstOrDefault(r => Regex.IsMatch(typed, r.Pattern)).Plan;
    }

    /// <summary>A command with the tool's name in front, however it is found.</summary>
    public static string Named(string command) =>
        Regex.Replace(command, @"(^|\s)(?:\./|\.\\)?byol(?:\.exe|\.cmd)?(?=\s|$)", "$1byol");
}
