using System.Globalization;

namespace Byol.Cli.Terminal;

/// <summary>Work whose length in time is not known, on standard error: a line that is overwritten on a terminal, one line in ten seconds
/// otherwise.</summary>
internal sealed class CountProgress(TextWriter output, bool isTerminal, string things, TimeProvider clock)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(100), Otherwise = TimeSpan.FromSeconds(10);
    private readonly long _start = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();

    /// <summary>Standard error as it is.</summary>
    public static CountProgress OnStandardError(string things) => new(Console.Error, !Console.IsErrorRedirected, things, TimeProvider.System);

    /// <summary>Shows the progress.</summary>
    public void Report(int done, int total, string text)
    {
        if (done < total && clock.GetElapsedTime(_last) < (isTerminal ? OnTerminal : Otherwise)) return;
        _last = clock.GetTimestamp();
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{clock.GetElapsedTime(_start):m\\:ss}  {done:N0} of {total:N0} {things}{(text.Length > 0 ? ", " : "")}{text}");
        if (isTerminal) output.Write($"\r{line}\x1b[K{(done == total ? "\n" : "")}");
        else output.WriteLine(line);
    }
}
