using System.Runtime.InteropServices;

namespace Byol.Cli;

/// <summary>Ctrl-C and SIGTERM as a cancellation: the first asks for a checkpoint and the end, the second ends at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly string _saving;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <param name="saving">What happens before the end, for the message.</param>
    public Interruption(string saving = "saving after this step")
    {
        _saving = saving;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The code to leave with once everything is saved.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Done;

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested) return;   // not cancelled again: the second signal ends the process as usual
        context.Cancel = true;
        ExitCode = context.Signal == PosixSignal.SIGINT ? ExitCodes.Interrupted : ExitCodes.Terminated;
        Console.Error.WriteLine($"\nInterrupted: {_saving}; once more to leave at once.");
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _source.Dispose();
    }
}
