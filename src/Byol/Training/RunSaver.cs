using Byol.Encoders;
using Byol.Evaluation;
using Byol.Export;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Saves a run when it is time to: the encoder, then a checkpoint, and then what is not kept any longer goes.</summary>
/// <param name="recipe">How often, and how many are kept.</param>
/// <param name="run">Where to.</param>
/// <param name="stepsPerEpoch">Optimizer steps of an epoch.</param>
/// <param name="savedStep">The step of the checkpoint that the run goes on from; 0 where it begins.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class RunSaver(Recipe recipe, RunDirectory run, long stepsPerEpoch, long savedStep, TimeProvider clock)
{
    private long _savedStep = savedStep, _savedAt = clock.GetTimestamp();

    /// <summary>Saves, but not twice at one step.</summary>
    /// <param name="state">What to save.</param>
    /// <param name="probe">The online probe, if one learns.</param>
    /// <param name="recorder">Knows the rest; what it logged gets to disk first.</param>
    /// <param name="always">Whether it is time whatever the interval says.</param>
    public void Save(ByolState state, OnlineProbe? probe, RunRecorder recorder, bool always)
    {
        var due = always || recorder.BestStep == state.Step
            || recipe.Training.CheckpointEvery.IsDue(state.Step, stepsPerEpoch, clock.GetElapsedTime(_savedAt));
        if (!due || state.Step == _savedStep) return;

        // The encoder goes first: where there is a checkpoint of the last step, nothing is left to be done.
        recorder.Flush();
        WriteEncoder(state);
        Checkpoint.Save(run, state, recorder.Progress(state.Step), probe?.State);
        (_savedStep, _savedAt) = (state.Step, clock.GetTimestamp());

        // Those ahead of this one were passed over when the run was resumed.
        var passed = CheckpointFolder.In(run.Checkpoints).Where(c => c.Step <= state.Step).ToList();
        var kept = passed.Take(recipe.Training.CheckpointsKept).Concat(passed.Where(c => c.Step == recorder.BestStep));
        foreach (var old in CheckpointFolder.In(run.Checkpoints).Except(kept)) old.Remove();
    }

    /// <summary>Writes the encoder as it stands.</summary>
    public void WriteEncoder(ByolState state)
    {
        var description = new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views)) { Recipe = RecipeFile.Format(recipe) };
        RunDirectory.Write(run.Encoder, stream => EncoderWriter.Write(stream, state.Online.Encoder, description));
    }
}
