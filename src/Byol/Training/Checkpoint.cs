using System.Text.Json;
using Byol.Encoders;
using Byol.Method;
using Byol.Runs;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Everything a run needs to go on, as parts of a <see cref="CheckpointFolder"/>:
/// networks, optimizer and probe as safetensors, and <see cref="RunProgress"/>.</summary>
/// <remarks>Views, order and schedules are pure functions of seed and step, so the step is all there is to say about them.</remarks>
internal static class Checkpoint
{
    private const string OnlineName = "online.safetensors", TargetName = "target.safetensors",
        OptimizerName = "optimizer.safetensors", ProbeName = "probe.safetensors";
    private const string StepKey = "step";

    private sealed record Part(string Name, IReadOnlyList<(string Name, Tensor Value)> Tensors);

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">What to save.</param>
    /// <param name="progress">What the run knows beside.</param>
    /// <param name="probe">The online probe's, if one learns.</param>
    /// <exception cref="IOException">The disk is full or failed; the checkpoints before are as they were.</exception>
    /// <exception cref="NonFiniteException">Something is not finite, and nothing was written.</exception>
    public static void Save(
        RunDirectory run, ByolState state, RunProgress progress, IReadOnlyList<(string Name, Tensor Value)>? probe = null)
    {
        foreach (var part in Parts(state, probe)) Finite.Require(state.Step, part.Tensors);
        var metadata = new Dictionary<string, string> { [StepKey] = $"{state.Step}" };
        CheckpointFolder.Write(run.Checkpoints, state.Step, progress,
            Parts(state, probe).Select(part => (part.Name, (Action<Stream>)(stream => Safetensors.Write(stream, part.Tensors, metadata)))));
    }

    /// <summary>Restores the newest checkpoint that is whole and fits:
    /// it is read into fresh memory, and copied once all of it was.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">Built from the run's recipe; overwritten.</param>
    /// <param name="warn">Receives a line for each checkpoint that was skipped.</param>
    /// <param name="probe">The online probe's, if one learns; left as it is where the checkpoint was written without one.</param>
    /// <returns>What the run knew; null if there is no checkpoint yet.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, but none is whole.</exception>
    public static RunProgress? Restore(
        RunDirectory run, ByolState state, Action<string> warn, IReadOnlyList<(string Name, Tensor Value)>? probe = null) =>
        NewestWhole(run.Checkpoints, warn, folder =>
        {
            using var scope = NewDisposeScope();
            var parts = Parts(state, folder.Has(ProbeName) ? probe : null).ToList();
            var read = parts.Select(part => Read(folder, part)).ToList();
            var progress = folder.Progress();
            foreach (var (part, values) in parts.Zip(read)) Copy(values, part);
            state.Step = folder.Step;
            return progress;
        });

    /// <summary>Makes the target what the online network of another run has become:
    /// f and g of its newest checkpoint that is whole.</summary>
    /// <param name="run">The other run's folder; its networks must have the same shapes.</param>
    /// <param name="target">Overwritten.</param>
    /// <exception cref="InvalidDataException">There is no such checkpoint, or it does not fit.</exception>
    public static void CopyOnline(string run, TargetNetwork target)
    {
        using var scope = NewDisposeScope();
        var part = new Part(OnlineName, [.. EncoderFile.Tensors(target)]);
        var values = NewestWhole(RunDirectory.CheckpointsIn(run), _ => { }, folder => Read(folder, part, others: true));
        Copy(values ?? throw new InvalidDataException($"{run} has no checkpoint for a target to start from; train it first."), part);
    }

    private static T? NewestWhole<T>(string checkpoints, Action<string> warn, Func<CheckpointFolder, T> use) where T : class
    {
        var folders = CheckpointFolder.In(checkpoints);
        foreach (var folder in folders)
        {
            var problem = folder.Problem();
            try
            {
                if (problem is null) return use(folder);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or JsonException)
            {
                problem = e.Message;
            }
            warn($"{folder.Path} is skipped: {problem.ReplaceLineEndings(" ")}");
        }
        return folders.Count == 0
            ? null
            : throw new InvalidDataException($"No checkpoint in {checkpoints} is whole; start again in another folder.");
    }

    // In the order of the part's tensors; the caller's dispose scope owns them.
    private static List<Tensor> Read(CheckpointFolder folder, Part part, bool others = false)
    {
        using var file = new SafetensorsFile(folder.PathOf(part.Name));
        if (file.Metadata.GetValueOrDefault(StepKey) is var step && step != $"{folder.Step}") throw Unfit($"is of step {step}");
        if (!others && file.Names.Except(part.Tensors.Select(t => t.Name)).FirstOrDefault() is { } other)
            throw Unfit($"has a tensor {other} that this run does not have");
        return [.. part.Tensors.Select(expected =>
        {
            var value = file.Read(expected.Name);
            return value.dtype == expected.Value.dtype && value.shape.SequenceEqual(expected.Value.shape) ? value
                : throw Unfit($"has {expected.Name} as {Form(value)} where {Form(expected.Value)} is needed");
        })];

        InvalidDataException Unfit(string how) => new($"{part.Name} {how}");
        static string Form(Tensor t) => $"{t.dtype} [{string.Join(',', t.shape)}]";
    }

    private static void Copy(List<Tensor> values, Part part)
    {
        using var _ = no_grad();
        foreach (var (value, (_, destination)) in values.Zip(part.Tensors)) destination.copy_(value);
    }

    private static IEnumerable<Part> Parts(ByolState state, IReadOnlyList<(string Name, Tensor Value)>? probe)
    {
        yield return new Part(OnlineName, [.. EncoderFile.Tensors(state.Online)]);
        yield return new Part(TargetName, [.. EncoderFile.Tensors(state.Target)]);
        yield return new Part(OptimizerName, state.Optimizer.State);
        if (probe is not null) yield return new Part(ProbeName, probe);
    }
}
