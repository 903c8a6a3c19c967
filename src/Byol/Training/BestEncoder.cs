using Byol.Encoders;
using Byol.Runs;
using Byol.TensorFiles;

namespace Byol.Training;

/// <summary>The file of the best encoder of a run that began with one.</summary>
internal static class BestEncoder
{
    /// <summary>Makes log and file agree where a run was interrupted or rewound: an encoder that was best after the step that the run is
    /// resumed from took the place of the one that the log calls best.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="history">Its log up to the step that it is resumed from; forgets which was best where that encoder is lost.</param>
    /// <param name="warn">Receives a line if it is.</param>
    public static void Reconcile(RunDirectory run, RunHistory history, Action<string> warn)
    {
        if (!run.HasInitial) return;
        var (logged, kept) = (history.Best?.Step ?? 0, Step(run.Best));
        if (logged == kept) return;
        File.Delete(run.Best);
        if (logged == 0) return;        // the encoder that the run began with: it has a file of its own
        history.ForgetBest();
        warn($"The best encoder so far, of step {logged}, was replaced by one of step {kept}, which the run has gone back behind; "
            + "the best is looked for among the steps to come.");
    }

    private static long Step(string path)
    {
        if (!File.Exists(path)) return 0;
        using var file = new SafetensorsFile(path);
        return EncoderDescription.Parse(path, file.Metadata).BestStep ?? 0;
    }
}
