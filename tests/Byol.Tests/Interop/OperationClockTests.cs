using System.Diagnostics;
using Byol.Interop;
using Byol.Tests.Cli;
using static TorchSharp.torch;

namespace Byol.Tests.Interop;

/// <summary>What libtorch tells of its operations. One clock runs at a time, so these tests take turns with those of commands.</summary>
[Collection(CommandLine.Name)]
public sealed class OperationClockTests
{
    [Fact]
    public void Operations_are_heard_by_name_forward_and_backward()
    {
        var times = Listen(() =>
        {
            using var scope = NewDisposeScope();
            var weight = ones(4, 3, 3, 3).requires_grad_();
            for (var i = 0; i < 3; i++) nn.functional.conv2d(ones(2, 3, 8, 8), weight).sum().backward();
        });
        Assert.Equal((3, 3), (Calls(times, "aten::conv2d", false), Calls(times, "aten::convolution_backward", true)));
        Assert.Equal((3, 0), (Calls(times, "ConvolutionBackward0", true), Calls(times, "ConvolutionBackward0", false)));
    }

    [Fact]
    public void Operations_within_others_count_once()
    {
        var start = Stopwatch.GetTimestamp();
        var times = Listen(() =>
        {
            using var scope = NewDisposeScope();
            using var around = OperationClock.Around("all");
            for (var i = 0; i < 100; i++) nn.functional.linear(ones(8, 16), ones(4, 16), ones(4));
        });
        Assert.True(times.Sum(t => t.Time.Ticks) <= Stopwatch.GetElapsedTime(start).Ticks);
        Assert.Equal(100, Calls(times, "aten::addmm", false));
        Assert.All(times, t => Assert.True(t.Time >= TimeSpan.Zero, t.Name));
    }

    [Fact]
    public void A_part_holds_what_is_done_in_it()
    {
        var times = Listen(() =>
        {
            using var part = OperationClock.Part("ours", isBackward: true);
            ones(3).Dispose();
            using var inner = OperationClock.Part("within");
        });
        Assert.Equal([("ours", true, 1L)], times.Select(t => (t.Name, t.IsBackward, t.Calls)));
    }

    [Fact]
    public void Each_thread_has_times_of_its_own()
    {
        Assert.SkipUnless(OperationClock.IsSupported, "Operations can be timed on Linux on x64 only.");
        using var clock = new OperationClock();
        var thread = new Thread(() => ones(3).Dispose()) { Name = "another" };
        thread.Start();
        thread.Join();
        zeros(3).Dispose();
        var another = clock.Threads.Single(t => t.Name == "another");
        Assert.Equal((1, 0), (Calls(another.Operations, "aten::ones", false), Calls(another.Operations, "aten::zeros", false)));
    }

    [Fact]
    public void Nothing_is_heard_before_and_after()
    {
        zeros(3).Dispose();
        var times = Listen(() => ones(3).Dispose());
        zeros(3).Dispose();
        Assert.Equal((1, 0), (Calls(times, "aten::ones", false), Calls(times, "aten::zeros", false)));
    }

    [Fact]
    public void One_clock_runs_at_a_time()
    {
        Assert.SkipUnless(OperationClock.IsSupported, "Operations can be timed on Linux on x64 only.");
        using (new OperationClock()) Assert.Throws<InvalidOperationException>(() => new OperationClock());
        using var next = new OperationClock();
    }

    private static List<OperationTime> Listen(Action work)
    {
        Assert.SkipUnless(OperationClock.IsSupported, "Operations can be timed on Linux on x64 only.");
        using var clock = new OperationClock();
        work();
        clock.Dispose();
        return [.. clock.Threads.Single(t => t.Number == Environment.CurrentManagedThreadId).Operations];
    }

    private static long Calls(IEnumerable<OperationTime> times, string name, bool isBackward) =>
        times.SingleOrDefault(t => t.Name == name && t.IsBackward == isBackward)?.Calls ?? 0;
}
