using System.Text.Json;
using Byol.Runs;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol checkpoints.</summary>
[Collection(CommandLine.Name)]
public sealed class CheckpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_checkpoint_is_listed_and_a_damaged_one_is_named_and_fails()
    {
        var (images, run) = (Made.Images(_folder["images"], 64, "cat", "dog"), _folder["run"]);
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", images, "--validation", images, "--out", run, .. CommandLine.Tiny]).Code);
        var (code, output, error) = CommandLine.Run("checkpoints", run);
        Assert.True(code == 0, error);
        Assert.Equal(2, output.Split("whole").Length - 1);
        Assert.All((string[])["4 ", "8 ", "1.00", "2.00", " MB", " best", " s "], w => Assert.Contains(w, output));

        var newest = CheckpointFolder.In(RunDirectory.CheckpointsIn(run))[0];
        using (var file = new FileStream(newest.PathOf("target.safetensors"), FileMode.Open))
        {
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 4));
        }
        (code, output, _) = CommandLine.Run("checkpoints", run);
        Assert.Equal(1, code);
        Assert.Contains("DAMAGED: target.safetensors does not match its digest", output);
        using var json = JsonDocument.Parse(CommandLine.Run("checkpoints", run, "--json").Out);
        var listed = json.RootElement.GetProperty("checkpoints");
        Assert.Equal([8L, 4], listed.EnumerateArray().Select(c => c.GetProperty("step").GetInt64()));
        Assert.Equal(JsonValueKind.Null, listed[1].GetProperty("problem").ValueKind);

        // The run goes on from the one before, says so, and then all is whole.
        var (resumed, _, said) = CommandLine.Run("pretrain", "--data", images, "--validation", images, "--out", run, "--resume");
        Assert.Equal(0, resumed);
        Assert.Contains($"warning: {newest.Path} is skipped: target.safetensors", said);
        Assert.Equal(0, CommandLine.Run("checkpoints", run).Code);
    }

    [Fact]
    public void A_run_without_any_says_so_and_a_folder_without_run_is_refused()
    {
        Made.File(_folder["run/recipe.toml"], []);
        var (code, output, _) = CommandLine.Run("checkpoints", _folder["run"]);
        Assert.Equal((0, $"{_folder["run"]} has no checkpoint yet.\n"), (code, output));
        CommandLine.Refuses(["checkpoints", _folder["nowhere"]], "is not the folder of a run");
    }
}
