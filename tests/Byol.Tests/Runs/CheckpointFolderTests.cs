using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkpoints => _folder["checkpoints"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_listed_newest_first_and_whole()
    {
        foreach (var step in (long[])[20, 1_234_567_890, 5]) Write(step);
        Assert.Equal([1_234_567_890, 20, 5], CheckpointFolder.In(Checkpoints).Select(c => c.Step));
        Assert.All(CheckpointFolder.In(Checkpoints), c => Assert.Null(c.Problem()));
        Assert.Equal("step-000000005", Path.GetFileName(CheckpointFolder.In(Checkpoints)[^1].Path));
        Assert.Equal(new RunProgress(2, 1, 0.1, 0.2, 3, 4), CheckpointFolder.In(Checkpoints)[0].Progress());
    }

    [Theory]
    [InlineData("step-000000007.tmp")]
    [InlineData("step-000000007.old.tmp")]
    [InlineData("step-7")]
    [InlineData("step-")]
    [InlineData("step--00000007")]
    [InlineData("step-00000000x")]
    [InlineData("other")]
    public void Folders_of_other_names_are_no_checkpoints(string name)
    {
        Write(5);
        Directory.CreateDirectory(Path.Combine(Checkpoints, name));
        Assert.Single(CheckpointFolder.In(Checkpoints));
    }

    [Fact]
    public void Without_a_folder_there_is_none() => Assert.Empty(CheckpointFolder.In(_folder["nowhere"]));

    [Fact]
    public void A_part_that_cannot_be_written_leaves_what_was_there_and_nothing_else()
    {
        Write(5);
        var e = Assert.Throws<IOException>(() => CheckpointFolder.Write(Checkpoints, 6, RunProgress.None,
            [("a", stream => stream.Write([1, 2])), ("b", _ => throw new IOException("No space left on device : '/disk/b'"))]));
        Assert.StartsWith($"{Path.Combine(Checkpoints, "step-000000006")} could not be written (No space left on device); make room",
            e.Message, StringComparison.Ordinal);
        Assert.Equal(["step-000000005"], Directory.GetFileSystemEntries(Checkpoints).Select(Path.GetFileName));
        Assert.Null(CheckpointFolder.In(Checkpoints)[0].Problem());
    }

    [Fact]
    public void A_checkpoint_of_the_same_step_is_replaced()
    {
        Write(5);
        File.WriteAllBytes(CheckpointFolder.In(Checkpoints)[0].PathOf("a"), [9]);
        Assert.NotNull(CheckpointFolder.In(Checkpoints)[0].Problem());
        Write(5);
        Assert.Null(Assert.Single(CheckpointFolder.In(Checkpoints)).Problem());
        Assert.Single(Directory.GetFileSystemEntries(Checkpoints));
    }

    [Fact]
    public void Removing_leaves_nothing()
    {
        Write(5);
        Directory.CreateDirectory(Path.Combine(Checkpoints, "step-000000005.old.tmp", "stale"));
        CheckpointFolder.In(Checkpoints)[0].Remove();
        Assert.Empty(Directory.GetFileSystemEntries(Checkpoints));
    }

    [Theory]
    [InlineData("a file more", "its manifest has no digest of c")]
    [InlineData("a file less", "b is missing")]
    [InlineData("an empty file", "a does not match its digest")]
    [InlineData("no manifest", "manifest.json")]
    [InlineData("another name", "its manifest says step 5")]
    [InlineData("a path out of it", "is missing")]
    [InlineData("a later format", "its manifest is of format 9, and only 1 can be read")]
    public void What_differs_from_the_manifest_is_said(string what, string message)
    {
        Write(5);
        var checkpoint = CheckpointFolder.In(Checkpoints)[0];
        var manifest = checkpoint.PathOf("manifest.json");
        if (what == "a file more") File.WriteAllBytes(checkpoint.PathOf("c"), [1]);
        if (what == "a file less") File.Delete(checkpoint.PathOf("b"));
        if (what == "an empty file") File.WriteAllBytes(checkpoint.PathOf("a"), []);
        if (what == "no manifest") File.Delete(manifest);
        if (what == "another name") Directory.Move(checkpoint.Path, checkpoint.Path[..^1] + "6");
        if (what == "a path out of it") Edit("\"b\"", "\"../b\"");
        if (what == "a later format") Edit("\"format\": 1", "\"format\": 9");
        Assert.Contains(message, CheckpointFolder.In(Checkpoints)[0].Problem(), StringComparison.Ordinal);

        void Edit(string from, string to)
        {
            File.Move(checkpoint.PathOf("b"), Path.Combine(Checkpoints, "b"), overwrite: true);
            if (to != "\"../b\"") File.Move(Path.Combine(Checkpoints, "b"), checkpoint.PathOf("b"));
            File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(from, to, StringComparison.Ordinal));
        }
    }

    private void Write(long step) => CheckpointFolder.Write(Checkpoints, step, new RunProgress(2, 1, 0.1, 0.2, 3, 4),
        [("a", stream => stream.Write([1, 2])), ("b", stream => stream.Write(new byte[3000]))]);
}
