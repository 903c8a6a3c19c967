using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class FlipTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(31)]
    public void Left_and_right_change_places_and_channels_do_not(int width)
    {
        var view = Enumerable.Range(0, 4 * width * 3).Select(i => (float)i).ToArray();
        Flip.Apply(view, width);
        for (var i = 0; i < view.Length; i++)
        {
            var (x, y, channel) = (i / 3 % width, i / 3 / width, i % 3);
            Assert.Equal((y * width + width - 1 - x) * 3 + channel, view[i]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Top_and_bottom_change_places_and_channels_do_not(int width)
    {
        var view = Enumerable.Range(0, 7 * width * 3).Select(i => (float)i).ToArray();
        Flip.Vertically(view, width);
        for (var i = 0; i < view.Length; i++)
        {
            var (x, y, channel) = (i / 3 % width, i / 3 / width, i % 3);
            Assert.Equal(((6 - y) * width + x) * 3 + channel, view[i]);
        }
    }

    [Fact]
    public void Turns_add_up() => Gen.Select(Gen.Int[1, 20], Gen.Int[0, 3], Gen.Int[0, 3]).Sample((size, one, other) =>
    {
        var view = Enumerable.Range(0, size * size * 3).Select(i => (float)i).ToArray();
        var (twice, once) = (view.ToArray(), view.ToArray());
        Flip.Turn(twice, size, one);
        Flip.Turn(twice, size, other);
        Flip.Turn(once, size, (one + other) % 4);
        return twice.SequenceEqual(once);
    });

    [Fact]
    public void Twice_is_nothing() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20]).SelectMany((w, h) =>
        Gen.Float[0, 1].Array[w * h * 3].Select(v => (w, v)))
        .Sample((width, view) =>
        {
            var twice = view.ToArray();
            Flip.Apply(twice, width);
            Flip.Apply(twice, width);
            return twice.SequenceEqual(view);
        });
}
