using System.Runtime.InteropServices;

namespace Byol.Cli.Terminal;

/// <summary>Ctrl-C, SIGTERM and the end of the terminal as a cancellation: the first asks for a checkpoint and the end, the second ends at
/// once. SIGUSR1 does the same: mpirun passes it on and goes on waiting, where after Ctrl-C it ends ranks soon.</summary>
internal sealed class Interruption : IDisposable
{
    private const PosixSignal UserSignal = (PosixSignal)10;     // by its number: .NET has no name for it

    private readonly string _saving;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <param name="saving">What happens before the end, for the message.</param>
    public Interruption(string saving = "saving after this step")
    {
        _saving = saving;
        PosixSignal[] signals =
            [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, .. OperatingSystem.IsLinux() ? [UserSignal] : Array.Empty<PosixSignal>()];
        _signals = [.. signals.Select(s => PosixSignalRegistration.Create(s, OnSignal))];
    }

    /// <summary>Does work that leaves nothing half done behind when it is canceled.</summary>
    /// <param name="saving">What happens before the end, for the message.</param>
    /// <param name="work">Gives its exit code.</param>
    public static int Guard(string saving, Func<CancellationToken, int> work)
    {
        using var interruption = new Interruption(saving);
        try
        {
            return work(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The code to leave with once everything is saved.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Done;

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested) return;   // not canceled again: the second signal ends the process as usual
        context.Cancel = true;
        ExitCode = context.Signal switch
        {
            PosixSignal.SIGINT => ExitCodes.Interrupted,
            PosixSignal.SIGHUP => ExitCodes.HungUp,
            _ => ExitCodes.Terminated,
        };
        _source.Cancel();
        try
        {
            Console.Error.WriteLine($"\nInterrupted: {_saving}; interrupt once more to leave at once.");
        }
        catch (IOException)
        {
            // The terminal may be what went away.
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _source.Dispose();
    }
}
