using System.CommandLine;

namespace Byol.Cli.Inputs;

/// <summary>The options of several processes that train together.</summary>
internal sealed class RankInputs
{
    private const int Least = 5, Usual = 60, Most = 86_400;

    public Option<int> SilenceLimit { get; } = new("--silence-limit")
    {
        Description = "With mpirun or srun: seconds without a sign of life from one process, after which all end.",
        DefaultValueFactory = _ => Usual,
    };

    /// <summary>How long a rank may be silent.</summary>
    public TimeSpan Resolve(ParseResult parsed) => parsed.GetValue(SilenceLimit) is >= Least and <= Most and var seconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentException(
            $"{SilenceLimit.Name} {parsed.GetValue(SilenceLimit)} must lie between {Least} and {Most} seconds; use for instance {Usual}.");
}
