using Byol.Optim;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>A target that starts as the online network of another run.</summary>
public sealed class TargetFromTests
{
    private static readonly PatternImages Data = new(70);

    // τ = 1: the target stays what the other run's online network has become, and is not averaged with anything.
    [Fact]
    public void A_target_can_start_from_another_run_and_stay_there()
    {
        using var scope = NewDisposeScope();
        using var first = new TinyRun();
        first.Train(TinyRun.Recipe, Data);
        using var second = new TinyRun { TargetFrom = first.Folder };
        var fixedTarget = TinyRun.Recipe with
        {
            Method = TinyRun.Recipe.Method with { Tau = 1, TauSchedule = Decay.Constant },
            Training = TinyRun.Recipe.Training with { Seed = 5 },
        };
        second.Train(fixedTarget, Data);
        Assert.NotEqual(first.Encoder, second.Encoder);
        AssertTargetIsOnlineOf(first, second);

        using var interrupted = new TinyRun { InterruptAfter = 5, TargetFrom = first.Folder };
        interrupted.Train(fixedTarget, Data);
        using var resumed = interrupted.Reopened();
        resumed.Train(fixedTarget, Data, resume: true);
        Assert.Equal(second.Encoder, resumed.Encoder);
    }

    [Fact]
    public void A_run_without_checkpoint_is_no_target()
    {
        using var empty = new TinyRun();
        using var run = new TinyRun { TargetFrom = empty.Folder };
        var e = Assert.Throws<InvalidDataException>(() => run.Train(TinyRun.Recipe, Data));
        Assert.Contains("has no checkpoint for a target", e.Message, StringComparison.Ordinal);
    }

    private static void AssertTargetIsOnlineOf(TinyRun first, TinyRun second)
    {
        using var online = new SafetensorsFile(Newest(first, "online.safetensors"));
        using var target = new SafetensorsFile(Newest(second, "target.safetensors"));
        var parameters = target.Names.Where(n => !n.Contains("running", StringComparison.Ordinal)).ToList();
        Assert.Contains(parameters, n => n.StartsWith("projector.", StringComparison.Ordinal));
        Assert.All(parameters, n => TensorAssert.Same(online.Read(n), target.Read(n), n));

        static string Newest(TinyRun run, string file) =>
            Path.Combine(Directory.GetDirectories(run.Checkpoints).Order(StringComparer.Ordinal).Last(), file);
    }
}
