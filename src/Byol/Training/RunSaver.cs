using Byol.Encoders;
using Byol.Evaluation;
using Byol.Export;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Saves a run when it is time to: the encoder, then a checkpoint. Then it removes old checkpoints.</summary>
/// <param name="recipe">How often, and how many are kept.</param>
/// <param name="run">The folder to write to.</param>
/// <param name="state">What to save; its current step is saved already.</param>
/// <param name="probe">The online probe, if one learns.</param>
/// <param name="plan">How many steps an epoch has.</param>
/// <param name="recorder">Has the other state to save.</param>
/// <param name="history">Knows which step was best.</param>
/// <param name="log">Gets to disk first.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunSaver(
    Recipe recipe, RunDirectory run, ByolState state, OnlineProbe? probe, RunPlan plan, StepRecorder recorder, RunHistory history,
    RunLog log, TimeProvider clock)
{
    private long _savedStep = state.Step, _savedAt = clock.GetTimestamp();

    /// <summary>What was not finite when the first of several ranks saved; no checkpoint has it.</summary>
    public NonFiniteException? Failure { get; private set; }

    /// <summary>Saves, but not twice at one step.</summary>
    /// <param name="always">Whether to save regardless of the interval.</param>
    public void Save(bool always)
    {
        var (step, best) = (state.Step, history.Best?.Step ?? -1);
        var due = always || best == step || recipe.Training.CheckpointEvery.IsDue(step, plan.StepsPerEpoch, clock.GetElapsedTime(_savedAt));
        if (!due || step == _savedStep) return;

        // The encoder goes first: if there is a checkpoint of the last step, nothing is left to be done.
        log.Flush();
        if (best == step && run.HasInitial) WriteEncoder(recipe, run.Best, state, best);
        WriteEncoder(recipe, run.Encoder, state);
        try
        {
            Checkpoint.Save(run, state, recorder.Progress(step), probe?.State);
        }
        catch (NonFiniteException e) when (state.Ranks.Count > 1)
        {
            Failure = e;        // the other ranks have gone on, and hear of it before the next step
            return;
        }
        (_savedStep, _savedAt) = (step, clock.GetTimestamp());

        // Those ahead of this one were skipped when the run was resumed.
        var passed = CheckpointFolder.In(run.Checkpoints).Where(c => c.Step <= step).ToList();
        var kept = passed.Take(recipe.Training.CheckpointsKept).Concat(passed.Where(c => c.Step == best));
        foreach (var old in CheckpointFolder.In(run.Checkpoints).ExceptBy(kept.Select(k => k.Step), c => c.Step)) old.Remove();
    }

    /// <summary>Saves the last steps; if the encoder of a finished run was removed, it is written again.</summary>
    public void Finish()
    {
        Save(always: true);
        if (plan.IsOver(state.Step) && !File.Exists(run.Encoder)) WriteEncoder(recipe, run.Encoder, state);
    }

    /// <summary>Writes the encoder as it stands.</summary>
    /// <param name="recipe">Goes into the file.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="state">The networks.</param>
    /// <param name="bestStep">The step, if the encoder is the run's best so far.</param>
    public static void WriteEncoder(Recipe recipe, string path, ByolState state, long? bestStep = null)
    {
        var preprocessing = Preprocessing.Of(recipe.Views, recipe.Images);
        var description = new EncoderDescription(recipe.Encoder, preprocessing) { Recipe = RecipeFile.Format(recipe), BestStep = bestStep };
        RunDirectory.Write(path, stream => EncoderWriter.Write(stream, state.Online.Encoder, description));
    }
}
