using System.Security.Cryptography;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Method;
using Byol.Runs;
using Byol.TensorFiles;
using Byol.Tests.Method;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly string[] Files =
        ["manifest.json", "online.safetensors", "optimizer.safetensors", "progress.json", "target.safetensors"];

    public static TheoryData<string> Names => [.. Files];

    [Fact]
    public void A_checkpoint_restores_everything_in_place()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        using var fresh = TinyByol.State(seed: 50);
        var values = fresh.Parameters.Values;

        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, Unexpected));

        saved.AssertEqual(fresh, step: 3);
        Assert.Same(values, fresh.Parameters.Values);
    }

    [Fact]
    public void A_checkpoint_is_its_parts_and_their_digests()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        Assert.Equal([3L, 2, 1], CheckpointFolder.In(saved.Run.Checkpoints).Select(c => c.Step));
        Assert.All(CheckpointFolder.In(saved.Run.Checkpoints), c =>
            Assert.Equal(Files, Directory.GetFiles(c.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        Assert.All(CheckpointFolder.In(saved.Run.Checkpoints), c => Assert.Null(c.Problem()));
    }

    // All of these have the digests that their manifests say.
    [Theory]
    [InlineData("another shape", "online.safetensors has encoder.conv1.weight as Float32 [2] where Float32 [8,3,3,3] is needed")]
    [InlineData("another type", "online.safetensors has encoder.conv1.weight as BFloat16 [8,3,3,3] where Float32 [8,3,3,3] is needed")]
    [InlineData("another step", "online.safetensors is of step 2")]
    [InlineData("a tensor too many", "online.safetensors has a tensor another that this run does not have")]
    [InlineData("a tensor too few", "has no tensor encoder.conv1.weight")]
    [InlineData("no safetensors", "is not a valid safetensors file")]
    [InlineData("no progress", "progress.json says nothing")]
    public void A_checkpoint_that_is_whole_but_does_not_fit_is_passed_over_untouched(string what, string message)
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        using var state = TinyByol.State(seed: 1);
        var online = EncoderFile.Tensors(state.Online).Select(t => what switch
        {
            "another shape" when t.Name == "encoder.conv1.weight" => (t.Name, Value: ones(2)),
            "another type" when t.Name == "encoder.conv1.weight" => (t.Name, Value: t.Value.to(ScalarType.BFloat16)),
            _ => t,
        }).Where(t => what != "a tensor too few" || t.Name != "encoder.conv1.weight").ToList();
        if (what == "a tensor too many") online.Add(("another", ones(2)));
        var metadata = new Dictionary<string, string> { ["step"] = what == "another step" ? "2" : "3" };
        using var changed = new MemoryStream();
        Safetensors.Write(changed, online, metadata);
        if (what == "no safetensors") changed.SetLength(20);
        if (what == "no progress") saved.Replace(3, "progress.json", "null"u8.ToArray());
        else saved.Replace(3, "online.safetensors", changed.ToArray());
        using var fresh = TinyByol.State(seed: 50);
        var warnings = new List<string>();

        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, warnings.Add));

        Assert.Contains(message, Assert.Single(warnings), StringComparison.Ordinal);
        saved.AssertEqual(fresh, step: 2);
        Assert.Equal(2, fresh.Step);
    }

    // The control: it is the digest that finds a flipped bit.
    [Fact]
    public void Where_the_manifest_has_the_digest_of_what_was_flipped_it_passes()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        var bytes = File.ReadAllBytes(Path.Combine(saved.Folder(3), "online.safetensors"));
        bytes[^5] ^= 1;
        saved.Replace(3, "online.safetensors", bytes);
        using var fresh = TinyByol.State(seed: 50);
        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, Unexpected));
        Assert.Equal(3, fresh.Step);
        Assert.ThrowsAny<Exception>(() => saved.AssertEqual(fresh, step: 3));
    }

    [Fact]
    public void What_the_run_knew_comes_back_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        using var fresh = TinyByol.State(seed: 50);
        Assert.Equal(new RunProgress(0.3, 3, 1.0 / 3, 0.1, 2, 1), Checkpoint.Restore(saved.Run, fresh, Unexpected));
        Directory.Delete(saved.Run.Checkpoints, recursive: true);
        Checkpoint.Save(saved.Run, fresh, RunProgress.None);
        Assert.Equal(RunProgress.None, Checkpoint.Restore(saved.Run, fresh, Unexpected));
    }

    [Fact]
    public void Without_a_checkpoint_nothing_is_restored()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var run = RunDirectory.Create(folder["run"]);
        using var fresh = TinyByol.State();
        var before = fresh.Parameters.Values.clone();
        Assert.Null(Checkpoint.Restore(run, fresh, Unexpected));
        TensorAssert.Same(before, fresh.Parameters.Values, "θ");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_flipped_byte_in_the_newest_falls_back_to_the_one_before(string name)
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        var length = new FileInfo(Path.Combine(saved.Folder(3), name)).Length;
        foreach (var at in (long[])[0, length / 3, length / 2, length - 1])
        {
            Flip(saved.Folder(3), name, at);
            using var fresh = TinyByol.State(seed: 50);
            var warnings = new List<string>();
            Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, warnings.Add));
            Assert.StartsWith($"{saved.Folder(3)} is skipped: ", Assert.Single(warnings), StringComparison.Ordinal);
            saved.AssertEqual(fresh, step: 2);
            Flip(saved.Folder(3), name, at);
        }
        using var whole = TinyByol.State(seed: 50);
        Assert.NotNull(Checkpoint.Restore(saved.Run, whole, Unexpected));
        saved.AssertEqual(whole, step: 3);
    }

    // Whatever is wrong with a manifest, either its checkpoint is skipped or what is restored is right.
    [Fact]
    public void No_flipped_byte_of_a_manifest_restores_anything_wrong()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        using var fresh = TinyByol.State(seed: 50);
        var length = new FileInfo(Path.Combine(saved.Folder(3), "manifest.json")).Length;
        for (var at = 0L; at < length; at++)
        {
            Flip(saved.Folder(3), "manifest.json", at, (byte)(1 << (int)(at % 7)));
            var passedOver = 0;
            Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, _ => passedOver++));
            Assert.Equal(3 - passedOver, fresh.Step);
            Flip(saved.Folder(3), "manifest.json", at, (byte)(1 << (int)(at % 7)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_missing_or_empty_file_falls_back_too(string name)
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        var warnings = new List<string>();
        using var fresh = TinyByol.State(seed: 50);

        File.WriteAllBytes(Path.Combine(saved.Folder(3), name), []);
        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, warnings.Add));
        File.Delete(Path.Combine(saved.Folder(3), name));
        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, warnings.Add));

        Assert.Equal(2, warnings.Count);
        saved.AssertEqual(fresh, step: 2);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"format\":1,\"step\":3,\"sha256\":{}}")]
    [InlineData("{\"format\":1,\"step\":3,\"sha256\":null}")]
    [InlineData("{\"format\":1,\"step\":3,\"sha256\":{\"online.safetensors\":null}}")]
    public void A_manifest_that_says_nothing_is_passed_over(string manifest)
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        File.WriteAllText(Path.Combine(saved.Folder(3), "manifest.json"), manifest);
        using var fresh = TinyByol.State(seed: 50);
        var warnings = new List<string>();
        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, warnings.Add));
        Assert.Single(warnings);
        saved.AssertEqual(fresh, step: 2);
    }

    [Fact]
    public void A_probe_is_kept_beside_and_checked_like_everything_else()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        using var state = TinyByol.State(seed: 1);
        using var learned = new OnlineProbe(4, 2, 1, CPU);
        using var restored = new OnlineProbe(4, 2, 2, CPU);
        learned.Learn(ones(2, 4), [0, 1]);
        Checkpoint.Restore(saved.Run, state, Unexpected, learned.State);   // of a run that had none: it stays as it is
        state.Step = 4;
        Checkpoint.Save(saved.Run, state, RunProgress.None, learned.State);

        Assert.NotNull(Checkpoint.Restore(saved.Run, state, Unexpected, restored.State));
        foreach (var (expected, actual) in learned.State.Zip(restored.State)) TensorAssert.Same(expected.Value, actual.Value, expected.Name);

        Flip(saved.Folder(4), "probe.safetensors", new FileInfo(Path.Combine(saved.Folder(4), "probe.safetensors")).Length - 1);
        var warnings = new List<string>();
        Assert.NotNull(Checkpoint.Restore(saved.Run, state, warnings.Add, restored.State));
        Assert.Contains("probe.safetensors", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(3, state.Step);
    }

    [Fact]
    public void When_none_is_whole_restoring_says_so_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        Flip(saved.Folder(1), "optimizer.safetensors", 500);
        Flip(saved.Folder(2), "online.safetensors", 500);
        Flip(saved.Folder(3), "target.safetensors", 500);
        using var fresh = TinyByol.State(seed: 50);
        var before = fresh.Parameters.Values.clone();
        var warnings = new List<string>();

        var e = Assert.Throws<InvalidDataException>(() => Checkpoint.Restore(saved.Run, fresh, warnings.Add));

        Assert.Contains(saved.Run.Checkpoints, e.Message, StringComparison.Ordinal);
        Assert.Equal(3, warnings.Count);
        TensorAssert.Same(before, fresh.Parameters.Values, "θ");
    }

    [Fact]
    public void What_a_crash_left_half_written_is_ignored_and_later_replaced()
    {
        using var scope = NewDisposeScope();
        using var saved = new Saved();
        var half = Path.Combine(saved.Run.Checkpoints, "step-000000004.tmp");
        Directory.CreateDirectory(half);
        File.WriteAllText(Path.Combine(half, "online.safetensors"), "half");
        using var fresh = TinyByol.State(seed: 50);

        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, Unexpected));
        saved.AssertEqual(fresh, step: 3);
        fresh.Step = 4;
        Checkpoint.Save(saved.Run, fresh, RunProgress.None);

        Assert.Equal(["step-000000001", "step-000000002", "step-000000003", "step-000000004"],
            Directory.GetDirectories(saved.Run.Checkpoints).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.NotNull(Checkpoint.Restore(saved.Run, fresh, Unexpected));
        Assert.Equal(4, fresh.Step);
    }

    private static void Unexpected(string warning) => Assert.Fail(warning);

    private static void Flip(string folder, string name, long at, byte bits = 0x15)
    {
        using var stream = new FileStream(Path.Combine(folder, name), FileMode.Open);
        stream.Position = at;
        var value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ bits));
    }

    /// <summary>A run with checkpoints of steps 1 to 3, and what was in them.</summary>
    private sealed class Saved : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Dictionary<long, Dictionary<string, Tensor>> _states = [];

        public Saved()
        {
            Run = RunDirectory.Create(_folder["run"]);
            using var state = TinyByol.State(seed: 1);
            for (var k = 1; k <= 3; k++)
            {
                ByolStep.Take(state, TinyByol.Views(k, batch: 4), 0.1, 0.9);
                Checkpoint.Save(Run, state, new RunProgress(k / 10.0, k, 1.0 / 3, 0.1, 2, 1));
                _states[k] = TensorAssert.Snapshot([.. TinyByol.Everything(state), .. state.Optimizer.State]);
            }
        }

        public RunDirectory Run { get; }

        public string Folder(long step) => Path.Combine(Run.Checkpoints, $"step-{step:D9}");

        /// <summary>Puts another part in the place of one, and its digest into the manifest.</summary>
        public void Replace(long step, string name, byte[] content)
        {
            var (part, manifest) = (Path.Combine(Folder(step), name), Path.Combine(Folder(step), "manifest.json"));
            var before = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(part)));
            File.WriteAllBytes(part, content);
            var text = File.ReadAllText(manifest);
            Assert.Contains(before, text, StringComparison.Ordinal);
            File.WriteAllText(manifest, text.Replace(before, Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal));
        }

        public void AssertEqual(ByolState state, long step)
        {
            Assert.Equal(step, state.Step);
            TensorAssert.Unchanged(_states[step], [.. TinyByol.Everything(state), .. state.Optimizer.State]);
        }

        public void Dispose()
        {
            Run.Dispose();
            _folder.Dispose();
        }
    }
}
