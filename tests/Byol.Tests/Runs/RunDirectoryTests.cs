using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run")]
    [InlineData("a/b/c/run")]
    [InlineData("with space ü")]
    public void A_new_run_gets_its_folder(string name)
    {
        using var run = RunDirectory.Create(_folder[name]);
        Assert.Equal(_folder[name], run.Path);
        Assert.True(Directory.Exists(run.Path));
        Assert.All((string[])[run.Recipe, run.Metrics, run.Checkpoints, run.Encoder, run.Views, run.LossCurve],
            p => Assert.StartsWith(run.Path, p));
        Assert.Equal((RunDirectory.EncoderIn(run.Path), RunDirectory.RecipeIn(run.Path)), (run.Encoder, run.Recipe));
    }

    [Fact]
    public void An_empty_folder_or_one_that_a_failed_start_left_is_new()
    {
        Directory.CreateDirectory(_folder["run"]);
        RunDirectory.Create(_folder["run"]).Dispose();
        RunDirectory.Create(_folder["run"]).Dispose();
    }

    [Theory]
    [InlineData("recipe.toml", "holds another run")]
    [InlineData("notes.txt", "holds other files")]
    [InlineData("sub/notes.txt", "holds other files")]
    [InlineData(".hidden", "holds other files")]
    [InlineData("metrics.jsonl", "holds other files")]
    public void A_folder_with_files_is_refused_and_left_alone(string file, string message)
    {
        Made.File(_folder[$"run/{file}"], [1]);
        Assert.Contains(message, Assert.Throws<RunDirectoryException>(() => RunDirectory.Create(_folder["run"])).Message);
        Assert.Contains(message, Assert.Throws<RunDirectoryException>(() => RunDirectory.RequireFree(_folder["run"])).Message);
        Assert.Equal([_folder[$"run/{file}"]],
            Directory.GetFiles(_folder["run"], "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }

    [Fact]
    public void A_file_in_the_way_is_refused()
    {
        Made.File(_folder["run"], [1]);
        Assert.Contains("is a file", Assert.Throws<RunDirectoryException>(() => RunDirectory.Create(_folder["run"])).Message);
        Assert.Contains("cannot be written",
            Assert.Throws<RunDirectoryException>(() => RunDirectory.Create(_folder["run/deeper"])).Message);
    }

    [Fact]
    public void Asking_whether_a_folder_is_free_makes_nothing()
    {
        RunDirectory.RequireFree(_folder["run"]);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Only_one_works_in_a_folder()
    {
        using (RunDirectory.Create(_folder["run"]))
        {
            Assert.Contains("in use", Assert.Throws<RunDirectoryException>(() => RunDirectory.Create(_folder["run"])).Message);
            Made.File(_folder["run/recipe.toml"], []);
            Assert.Contains("in use", Assert.Throws<RunDirectoryException>(() => RunDirectory.Resume(_folder["run"])).Message);
        }
        RunDirectory.Resume(_folder["run"]).Dispose();
    }

    [Fact]
    public async Task Of_eight_at_once_exactly_one_wins()
    {
        using var start = new ManualResetEventSlim();
        var attempts = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
        {
            start.Wait();
            try
            {
                return RunDirectory.Create(_folder["run"]);
            }
            catch (RunDirectoryException)
            {
                return null;
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        start.Set();
        var runs = await Task.WhenAll(attempts);
        Assert.Single(runs, r => r is not null);
        foreach (var run in runs) run?.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resuming_needs_a_run_and_makes_nothing(bool exists)
    {
        if (exists) Directory.CreateDirectory(_folder["run"]);
        Assert.Contains("is not the folder of a run", Assert.Throws<RunDirectoryException>(() => RunDirectory.Resume(_folder["run"])).Message);
        Assert.Equal(exists, Directory.Exists(_folder["run"]));
        if (exists) Assert.Empty(Directory.GetFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void Resuming_removes_what_a_crash_left_and_nothing_else()
    {
        string[] whole = ["recipe.toml", "metrics.jsonl", "checkpoints/step-1/a"];
        string[] stale = ["encoder.safetensors.tmp", "checkpoints/step-1/b.tmp", "checkpoints/step-2.tmp/a", "checkpoints/step-2.tmp/c"];
        foreach (var file in whole.Concat(stale)) Made.File(_folder[$"run/{file}"], [1]);
        using (RunDirectory.Resume(_folder["run"]))
        {
            var left = Directory.GetFiles(_folder["run"], "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(_folder["run"], f).Replace('\\', '/'));
            Assert.Equal(["checkpoints/step-1/a", "metrics.jsonl", "recipe.toml", "run.lock"], left.Order(StringComparer.Ordinal));
            Assert.Equal([_folder["run/checkpoints/step-1"]], Directory.GetDirectories(_folder["run/checkpoints"]));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_writer_that_fails_leaves_the_old_content(bool existed)
    {
        if (existed) Made.File(_folder["f"], [1, 2, 3]);
        Assert.Throws<NotSupportedException>(() => RunDirectory.Write(_folder["f"], stream =>
        {
            stream.Write([9, 9]);
            throw new NotSupportedException();
        }));
        Assert.Equal(existed, File.Exists(_folder["f"]));
        if (existed) Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["f"]));
    }

    [Fact]
    public void A_write_replaces_the_whole_file_and_leaves_no_other()
    {
        Made.File(_folder["f"], new byte[100]);
        Made.File(_folder["f.tmp"], new byte[1000]);
        RunDirectory.Write(_folder["f"], stream => stream.Write([1, 2]));
        Assert.Equal([1, 2], File.ReadAllBytes(_folder["f"]));
        Assert.Equal([_folder["f"]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_old_content_is_there_while_the_new_is_written()
    {
        Made.File(_folder["f"], [1]);
        RunDirectory.Write(_folder["f"], stream =>
        {
            stream.Write([2]);
            stream.Flush();
            Assert.Equal([1], File.ReadAllBytes(_folder["f"]));
        });
        Assert.Equal([2], File.ReadAllBytes(_folder["f"]));
    }
}
