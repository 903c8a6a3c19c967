using Byol.Data.Images;

namespace Byol.Tests.Images;

/// <summary>Made-up pictures, the same on every machine.</summary>
internal static class Pictures
{
    /// <summary>Every byte random.</summary>
    public static Image8 Noise(int width, int height, int seed = 1)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new Image8(pixels, width, height);
    }

    /// <summary>Slow waves that stay clear of black and white, so that no filter overshoots.</summary>
    public static Image8 Smooth(int width, int height, double slower = 1)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, channel) = (i / 3 % width, i / 3 / width, i % 3);
            pixels[i] = (byte)Math.Round(127.5 + 70 * Math.Sin(0.31 / slower * x + channel) * Math.Cos(0.23 / slower * y - 2 * channel));
        }
        return new Image8(pixels, width, height);
    }

    /// <summary>Hard edges and fine grain on slow waves: what photographs have and reductions blur.</summary>
    public static Image8 Textured(int width, int height)
    {
        var pixels = Smooth(width, height, 10).Pixels.ToArray();
        var random = new Random(1);
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (x, y) = (i / 3 % width, i / 3 / width);
            var change = random.Next(-24, 25) + ((x / 23 + y / 17) % 2 == 0 ? 30 : -30);
            for (var c = 0; c < 3; c++) pixels[i + c] = (byte)Math.Clamp(pixels[i + c] + change, 0, 255);
        }
        return new Image8(pixels, width, height);
    }

    /// <summary>One value in every byte.</summary>
    public static Image8 Constant(int width, int height, byte value) =>
        new(Enumerable.Repeat(value, width * height * 3).ToArray(), width, height);

    /// <summary>A square view of floats, by what is peculiar about it.</summary>
    public static float[] View(string kind, int size)
    {
        var random = new Random(kind.Length);
        var count = size * size * 3;
        float[] Of(Func<int, float> value) => [.. Enumerable.Range(0, count).Select(value)];
        return kind switch
        {
            "noise" => Of(_ => random.NextSingle()),
            "gradient" => Of(i => (i / 3 % size + (i % 3) * (i / 3 / size)) / (3f * size)),
            "extremes" => Of(_ => random.Next(2)),
            "gray" => Gray(Of(_ => random.NextSingle())),
            "black" => Of(_ => 0),
            "white" => Of(_ => 1),
            "around half" => Of(i => (i % 3) switch { 0 => 0.5f, 1 => MathF.BitDecrement(0.5f), _ => MathF.BitIncrement(0.5f) }),
            "bytes" => Of(i => i % 256 / 255f),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    private static float[] Gray(float[] view)
    {
        for (var i = 0; i < view.Length; i++) view[i] = view[i / 3 * 3];
        return view;
    }
}
