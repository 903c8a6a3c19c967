using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class SolarizeTests
{
    [Theory]
    [InlineData(0.5f, 0.5f, 0.5f)]
    [InlineData(0.75f, 0.75f, 0.25f)]
    [InlineData(0.25f, 0.25f, 0.75f)]
    [InlineData(0f, 0f, 1f)]
    [InlineData(1f, 1f, 0f)]
    [InlineData(0.749f, 0.75f, 0.749f)]
    [InlineData(0.751f, 0.75f, 0.249f)]
    [InlineData(0f, 0.5f, 0f)]
    [InlineData(1f, 0.5f, 0f)]
    public void The_threshold_itself_is_inverted(float value, float threshold, float expected)
    {
        float[] view = [value];
        Solarize.Apply(view, threshold);
        Assert.Equal(expected, view[0], 1e-6f);
    }

    [Fact]
    public void The_value_just_below_the_threshold_stays() => Gen.Float[0.01f, 1].Sample(threshold =>
    {
        float[] view = [MathF.BitDecrement(threshold), threshold];
        Solarize.Apply(view, threshold);
        return view[0] == MathF.BitDecrement(threshold) && view[1] == 1 - threshold;
    });

    [Fact]
    public void At_a_half_twice_is_once() => ViewGen.Any.Sample(view =>
    {
        var once = view.After(v => Solarize.Apply(v, 0.5f));
        return once.After(v => Solarize.Apply(v, 0.5f)).SequenceEqual(once) && once.All(v => v is >= 0 and <= 0.5f);
    });

    [Fact]
    public void From_0_on_it_inverts_and_twice_is_nothing() => ViewGen.Any.Sample(view =>
    {
        var once = view.After(v => Solarize.Apply(v, 0));
        return once.IsClose([.. view.Select(v => 1 - v)]) && once.After(v => Solarize.Apply(v, 0)).IsClose(view);
    });

    [Fact]
    public void Values_stay_within_0_and_1() => Gen.Select(ViewGen.Any, Gen.Float[0, 1]).Sample((view, threshold) =>
        view.After(v => Solarize.Apply(v, threshold)).All(v => v is >= 0 and <= 1));
}
