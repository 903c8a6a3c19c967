namespace Byol.Runs;

/// <summary>The layout of a run on disk, and the lock that keeps a second process out of it.</summary>
internal sealed class RunDirectory : IDisposable
{
    internal const string TemporarySuffix = ".tmp";
    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>Every setting of the run, resolved.</summary>
    internal string Recipe => RecipeIn(Path);

    /// <summary>One JSON object a line: steps and epochs.</summary>
    internal string Metrics => MetricsIn(Path);

    /// <summary>One folder a checkpoint.</summary>
    internal string Checkpoints => CheckpointsIn(Path);

    /// <summary>The encoder: what the run is for.</summary>
    internal string Encoder => EncoderIn(Path);

    /// <summary>The encoder that the run began with, where it was not drawn at random.</summary>
    internal string Initial => InitialIn(Path);

    /// <summary>Whether there is one.</summary>
    internal bool HasInitial => File.Exists(Initial);

    /// <summary>The best encoder of a run that began with one, unless that was the one it began with.</summary>
    internal string Best => BestIn(Path);

    /// <summary>A sheet of images and their views.</summary>
    internal string Views => ViewsIn(Path);

    /// <summary>The loss over the steps.</summary>
    internal string LossCurve => LossCurveIn(Path);

    /// <summary>Where a run keeps its encoder.</summary>
    /// <param name="run">A run folder.</param>
    public static string EncoderIn(string run) => System.IO.Path.Combine(run, "encoder.safetensors");

    /// <summary>Where a run keeps the encoder that it began with.</summary>
    /// <param name="run">A run folder.</param>
    internal static string InitialIn(string run) => System.IO.Path.Combine(run, "initial.safetensors");

    /// <summary>Where a run keeps its best encoder.</summary>
    /// <param name="run">A run folder.</param>
    internal static string BestIn(string run) => System.IO.Path.Combine(run, "encoder-best.safetensors");

    /// <summary>Where a run keeps its checkpoints.</summary>
    /// <param name="run">A run folder.</param>
    public static string CheckpointsIn(string run) => System.IO.Path.Combine(run, "checkpoints");

    /// <summary>Where a run keeps its figures.</summary>
    /// <param name="run">A run folder.</param>
    internal static string MetricsIn(string run) => System.IO.Path.Combine(run, "metrics.jsonl");

    /// <summary>Where a run keeps its sheet of images and views.</summary>
    /// <param name="run">A run folder.</param>
    internal static string ViewsIn(string run) => System.IO.Path.Combine(run, "views.png");

    /// <summary>Where a run keeps its loss curve.</summary>
    /// <param name="run">A run folder.</param>
    internal static string LossCurveIn(string run) => System.IO.Path.Combine(run, "loss.svg");

    /// <summary>Where a run keeps what it knows of the images that it is trained on.</summary>
    /// <param name="run">A run folder.</param>
    internal static string DataIn(string run) => System.IO.Path.Combine(run, "data.json");

    /// <summary>Where a run keeps its recipe.</summary>
    /// <param name="run">A run folder.</param>
    public static string RecipeIn(string run) => System.IO.Path.Combine(run, "recipe.toml");

    /// <summary>Makes the folder for a new run; what a start that was killed left behind is removed.</summary>
    /// <param name="path">A folder that is empty or does not exist.</param>
    /// <exception cref="RunDirectoryException">It holds another run or other files, or another process works in it.</exception>
    internal static RunDirectory Create(string path)
    {
        RequireFree(path);
        var run = Lock(path);
        try
        {
            RequireFree(path);   // another process may have begun, and even ended, since
            File.Delete(run.Recipe + TemporarySuffix);
            File.Delete(DataIn(path) + TemporarySuffix);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Throws if a new run cannot go into a folder; makes nothing.</summary>
    /// <param name="path">A folder that is empty or does not exist.</param>
    /// <exception cref="RunDirectoryException">It holds another run or other files.</exception>
    public static void RequireFree(string path)
    {
        if (File.Exists(RecipeIn(path)))
            throw new RunDirectoryException($"{path} holds another run; resume the run, or choose another folder.");
        if (File.Exists(path)) throw new RunDirectoryException($"{path} is a file; choose another folder.");
        if (Directory.Exists(path)
            && Directory.EnumerateFileSystemEntries(path)
                .Any(e => e != System.IO.Path.Combine(path, LockName) && e != RecipeIn(path) + TemporarySuffix
                    && e != DataIn(path) && e != DataIn(path) + TemporarySuffix))
            throw new RunDirectoryException($"{path} holds other files; choose an empty folder.");
    }

    /// <summary>Removes a run and its folder.</summary>
    /// <param name="path">A run folder.</param>
    /// <exception cref="RunDirectoryException">It holds no run or other files too, or another process works in it; it is then as it
    /// was.</exception>
    internal static void Remove(string path)
    {
        RequireRun(path);
        using (var run = Lock(path))
        {
            string[] written =
            [
                run.Metrics, run.Encoder, run.Initial, run.Best, run.Views, run.LossCurve, DataIn(path), run.Checkpoints,
                System.IO.Path.Combine(path, LockName), .. Directory.GetFiles(path, "report.*"),
                EmbeddingSnapshot.PathIn(path), SnapshotThumbnails.PathIn(path), .. Directory.GetFiles(path, "events.out.tfevents.*"),
                .. Directory.GetFiles(path, "projector.*"), System.IO.Path.Combine(path, "projector_config.pbtxt"), RunTranscript.PathIn(path),
                .. Directory.GetFiles(path, "*" + TemporarySuffix),
            ];
            if (Directory.EnumerateFileSystemEntries(path).Except(written).FirstOrDefault(e => e != run.Recipe) is { } other)
                throw new RunDirectoryException($"{path} holds {System.IO.Path.GetFileName(other)} beside its run; choose another folder.");
            File.Delete(run.Recipe);       // first: a run whose removal was interrupted is then not a run
        }
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Throws if a folder holds no run.</summary>
    /// <param name="path">A run folder.</param>
    /// <exception cref="RunDirectoryException">It holds none.</exception>
    internal static void RequireRun(string path)
    {
        if (!File.Exists(RecipeIn(path)))
        {
            throw new RunDirectoryException(
                $"{path} is not the folder of a run (it has no recipe.toml); start a new one, or give the folder of a run.");
        }
    }

    /// <summary>Opens the folder of a run to resume it; what a crash left half written is removed.</summary>
    /// <param name="path">A run folder.</param>
    /// <exception cref="RunDirectoryException">It holds no run, or another process works in it.</exception>
    internal static RunDirectory Resume(string path)
    {
        RequireRun(path);
        var run = Lock(path);
        foreach (var file in Directory.EnumerateFiles(path, "*" + TemporarySuffix, SearchOption.AllDirectories).ToList()) File.Delete(file);
        foreach (var folder in Directory.Exists(run.Checkpoints) ? Directory.GetDirectories(run.Checkpoints, "*" + TemporarySuffix) : [])
            Directory.Delete(folder, recursive: true);
        return run;
    }

    internal const string LockName = "run.lock";

    private static RunDirectory Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new RunDirectory(
                path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new RunDirectoryException($"{path} is in use by another process; wait for it, or choose another folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunDirectoryException($"{path} cannot be written ({DurableFiles.Reason(e)}); choose another folder.");
        }
    }

    // EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation.
    private static bool IsTaken(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Throws if checkpoints could not be written, before there is one to lose.</summary>
    /// <exception cref="RunDirectoryException">The folder is read-only, for instance.</exception>
    internal void RequireWritable()
    {
        var trial = System.IO.Path.Combine(Checkpoints, "trial" + TemporarySuffix);
        try
        {
            DurableFiles.MakeFolder(Checkpoints);
            File.WriteAllBytes(trial, [1]);
            File.Delete(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunDirectoryException(
                $"{Checkpoints} cannot be written ({DurableFiles.Reason(e)}); make room or allow it, then resume the run.");
        }
    }

    /// <summary>Writes a file so that under its name there is always the old content or the whole new one,
    /// also after a power cut.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or failed; the old content is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                DurableFiles.Flush(stream);
            }
            File.Move(temporary, path, overwrite: true);
            DurableFiles.FlushFolderOf(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DurableFiles.TryDelete(temporary);
            throw DurableFiles.NotWritten(path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
