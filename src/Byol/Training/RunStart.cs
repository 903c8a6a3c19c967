using System.Text.Json;
using System.Text.Json.Serialization;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Where a run starts from: the weights of its newest checkpoint, and what its log says up to it. The first rank reads its folder,
/// and tells the others.</summary>
internal sealed class RunStart : IDisposable
{
    private sealed record Told(long Step, RunProgress Progress, bool BeganWithEncoder, string Log);

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private RunStart(Told told, RunLog? log)
    {
        (Progress, BeganWithEncoder, Log) = (told.Progress, told.BeganWithEncoder, log);
        History = new RunHistory(RunLog.Records(told.Log), told.Step, told.Progress);
    }

    /// <summary>What the checkpoint says beside the weights.</summary>
    public RunProgress Progress { get; }

    /// <summary>Whether the run began with an encoder.</summary>
    public bool BeganWithEncoder { get; }

    /// <summary>What the log says.</summary>
    public RunHistory History { get; }

    /// <summary>The log to write on; the first rank's alone.</summary>
    public RunLog? Log { get; }

    /// <summary>Restores a run.</summary>
    /// <param name="run">Its folder; null on every rank but the first.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="targetFrom">A finished run whose online network the target begins as; null for none.</param>
    /// <param name="state">Built from the recipe; overwritten.</param>
    /// <param name="probe">The online probe, if one learns.</param>
    /// <param name="resume">Whether there may be a checkpoint.</param>
    /// <param name="warn">Receives a line for each skipped checkpoint.</param>
    /// <exception cref="InvalidDataException">There are checkpoints, but none is whole.</exception>
    public static RunStart Of(
        RunDirectory? run, Recipe recipe, string? targetFrom, ByolState state, OnlineProbe? probe, bool resume, Action<string> warn)
    {
        if (run is null) return new RunStart(Share(null, state), null);
        var restored = resume ? Checkpoint.Restore(run, state, warn, probe?.State) : null;
        if (restored is null) InitialWeights.Place(run, recipe, targetFrom, state);
        var log = new RunLog(run.Metrics, resume ? state.Step : -1);
        var told = new Told(state.Step, restored ?? RunProgress.None, run.HasInitial, RunLog.Text(run.Metrics));
        var start = new RunStart(Share(told, state), log);
        BestEncoder.Reconcile(run, start.History, warn);
        return start;
    }

    /// <summary>Who hears of the run: its log first, then its history.</summary>
    /// <param name="other">Another listener.</param>
    public IRunListener ListenersWith(IRunListener other) => new RunListeners(Log is null ? [History, other] : [Log, History, other]);

    /// <inheritdoc/>
    public void Dispose() => Log?.Dispose();

    private static Told Share(Told? told, ByolState state)
    {
        var ranks = state.Ranks;
        if (ranks.Count == 1) return told!;
        told = JsonSerializer.Deserialize<Told>(ranks.Broadcast(told is null ? null : JsonSerializer.SerializeToUtf8Bytes(told, Json)), Json)!;
        state.Step = told.Step;
        foreach (var (_, value) in EncoderFile.Tensors(state.Online).Concat(EncoderFile.Tensors(state.Target)).Concat(state.Optimizer.State))
            ranks.Broadcast(value);
        return told;
    }
}
