using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class NormalizeTests
{
    [Fact]
    public void Each_channel_has_its_own_numbers()
    {
        float[] view = [0.1f, 0.2f, 0.3f, 1, 1, 1];
        new Normalize([0.1, 0.4, 0.5], [1, 0.1, 0.5]).Apply(view);
        Assert.True(view.IsClose([0, -2, -0.4f, 0.9f, 6, 1]), string.Join(' ', view));
    }

    [Fact]
    public void Mean_0_and_deviation_1_change_nothing() => ViewGen.Any.Sample(view =>
        view.After(v => new Normalize([0, 0, 0], [1, 1, 1]).Apply(v)).SequenceEqual(view));

    [Fact]
    public void It_can_be_undone() =>
        Gen.Select(ViewGen.Any, Gen.Double[0, 1].Array[3], Gen.Double[0.05, 2].Array[3]).Sample((view, mean, deviation) =>
    {
        var normalized = view.After(v => new Normalize(mean, deviation).Apply(v));
        return normalized.Select((v, i) => (float)(v * deviation[i % 3] + mean[i % 3])).ToArray().IsClose(view, 1e-5f);
    });

    [Fact]
    public void A_view_with_those_statistics_gets_mean_0_and_deviation_1()
    {
        var view = Images.Pictures.View("noise", 24);
        double[] mean = [.. Enumerable.Range(0, 3).Select(c => view.Where((_, i) => i % 3 == c).Average(v => (double)v))];
        double[] deviation = [.. mean.Select((m, c) => Math.Sqrt(view.Where((_, i) => i % 3 == c).Average(v => (v - m) * (v - m))))];
        new Normalize(mean, deviation).Apply(view);
        for (var c = 0; c < 3; c++)
        {
            var channel = view.Where((_, i) => i % 3 == c).ToArray();
            Assert.Equal(0, channel.Average(v => (double)v), 1e-5);
            Assert.Equal(1, channel.Average(v => (double)v * v), 1e-4);
        }
    }
}
