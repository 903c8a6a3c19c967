using System.Text;
using Byol.Distributed;

namespace Byol.Cli.Terminal;

/// <summary>With several processes of mpirun or srun, only the first prints.</summary>
internal static class FirstRank
{
    private static readonly string[] OfSeveral = ["pretrain", "doctor", "scale"];
    private static readonly TimeSpan Precedence = TimeSpan.FromSeconds(2);

    /// <summary>Silences the others.</summary>
    public static void Appoint()
    {
        if (Ranks.Current.Count == 1) return;
        // mpirun gives processes a terminal to write to, and passes on what .NET writes to prepare it.
        Environment.SetEnvironmentVariable("TERM", null);
        if (Ranks.Current.Rank == 0) return;
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
    }

    /// <summary>Throws if a verb is of one process.</summary>
    /// <param name="verb">What was typed, word by word.</param>
    /// <exception cref="ArgumentException">Several would write the same file.</exception>
    public static void Require(IReadOnlyList<string> verb)
    {
        if (Ranks.Current.Count > 1 && verb is [.., var last] && !OfSeveral.Contains(last))
        {
            throw new ArgumentException($"byol {string.Join(' ', verb)} is the work of one process, and {Ranks.Current.Count} were started; "
                + "start it without mpirun or srun.");
        }
    }

    /// <summary>Says what ends this process. What ends all of them alike the first one says: the others wait a moment for it to end
    /// them.</summary>
    /// <param name="line">One line.</param>
    public static void Say(string line)
    {
        if (Ranks.Current.Rank == 0)
        {
            Console.Error.WriteLine($"byol: {line}");
            return;
        }
        Thread.Sleep(Precedence);
        using var error = Console.OpenStandardError();
        error.Write(Encoding.UTF8.GetBytes($"byol: rank {Ranks.Current.Rank}: {line}\n"));
    }

    /// <summary>Leaves with an exit code; after an error all ranks end.</summary>
    public static int Leave(int exitCode)
    {
        if (Ranks.Current.Count > 1) Ranks.Current.Abort(exitCode);
        return exitCode;
    }
}
