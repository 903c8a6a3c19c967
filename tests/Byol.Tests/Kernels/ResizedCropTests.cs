using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Tests.Images;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class ResizedCropTests
{
    /// <summary>Image, rectangle and side: shrinking, growing, both at once, odd sizes, lines and single pixels.</summary>
    private static readonly (int Width, int Height, int X, int Y, int W, int H, int Size)[] Shapes =
    [
        (32, 32, 0, 0, 32, 32, 32), (32, 32, 0, 0, 32, 32, 8), (32, 32, 5, 3, 11, 13, 32), (40, 30, 0, 0, 40, 30, 17),
        (41, 29, 7, 5, 33, 21, 16), (64, 48, 1, 2, 61, 43, 9), (64, 48, 10, 11, 7, 31, 16), (48, 64, 11, 10, 31, 7, 16),
        (9, 9, 4, 4, 1, 1, 8), (9, 9, 8, 8, 1, 1, 33), (9, 9, 0, 3, 9, 1, 12), (9, 9, 3, 0, 1, 9, 12), (1, 1, 0, 0, 1, 1, 8),
        (50, 3, 0, 0, 50, 3, 10), (3, 50, 0, 0, 3, 50, 10), (200, 150, 13, 17, 180, 120, 11), (17, 23, 2, 3, 2, 2, 31),
        (100, 100, 0, 0, 100, 100, 1), (33, 35, 0, 0, 33, 35, 34), (28, 28, 3, 1, 25, 27, 24),
    ];

    internal static IEnumerable<TorchvisionCase> Questions() =>
        from s in Enumerable.Range(0, Shapes.Length)
        from i in Enum.GetValues<Interpolation>()
        from o in new[] { "crop of floats", "crop of bytes" }
        from smooth in new[] { false, true }
        let c = Shapes[s]
        select new TorchvisionCase(Name(o, s, i, smooth), o, Picture(s, smooth).Pixels.ToArray(),
            c.Width, c.Height, c.X, c.Y, c.W, c.H, c.Size, (int)i);

    public static TheoryData<int, Interpolation, bool> Cases() => [.. from s in Enumerable.Range(0, Shapes.Length)
                                                                      from i in Enum.GetValues<Interpolation>()
                                                                      from smooth in new[] { false, true }
                                                                      select (s, i, smooth)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Crop_equals_torchvisions_of_floats(int shape, Interpolation interpolation, bool smooth) =>
        Torchvision.AssertClose(Torchvision.Answer(Name("crop of floats", shape, interpolation, smooth)),
            Apply(shape, interpolation, smooth), 1e-5);

    // Pillow rounds to bytes after each of its two passes, and clips there what cubics overshoot: noise shows it, pictures do not.
    public static TheoryData<int, Interpolation, bool> CasesWithoutOvershoot() =>
        [.. Cases().Select(c => c.Data).Where(c => c.Item2 == Interpolation.Bilinear || c.Item3)];

    [Theory]
    [MemberData(nameof(CasesWithoutOvershoot))]
    public void Crop_equals_Pillows_but_for_its_rounding(int shape, Interpolation interpolation, bool smooth)
    {
        var rounding = interpolation == Interpolation.Bilinear ? 1.0 : 1.2;
        var answer = Torchvision.Answer(Name("crop of bytes", shape, interpolation, smooth));
        Torchvision.AssertClose(answer, Apply(shape, interpolation, smooth), (rounding + 0.01) / 255);
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void A_crop_of_the_same_size_copies(Interpolation interpolation)
    {
        var image = Pictures.Noise(20, 15);
        var square = Apply(image, 3, 2, 11, 11, 11, interpolation);
        for (var i = 0; i < square.Length; i++)
        {
            var (x, y, channel) = (i / 3 % 11, i / 33, i % 3);
            Assert.Equal(image.Pixels.Span[((y + 2) * 20 + x + 3) * 3 + channel] / 255f, square[i], 1e-6f);
        }
    }

    [Fact]
    public void A_constant_stays_constant() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Byte, Gen.Int[1, 40], Gen.Enum<Interpolation>())
        .Sample((width, height, value, size, interpolation) =>
        {
            var square = Apply(Pictures.Constant(width, height, value), 0, 0, width, height, size, interpolation);
            return square.All(v => Math.Abs(v - value / 255f) < 1e-5);
        }, iter: 200);

    [Fact]
    public void Values_stay_within_0_and_1() => Rectangles().Sample((c, seed, size, interpolation) =>
    {
        var square = Apply(Pictures.Noise(c.Width, c.Height, seed), c.X, c.Y, c.W, c.H, size, interpolation);
        return square.All(v => v is >= 0 and <= 1);
    }, iter: 200);

    [Fact]
    public void What_lies_outside_the_rectangle_is_not_seen() => Rectangles().Sample((c, seed, size, interpolation) =>
    {
        var image = Pictures.Noise(c.Width, c.Height, seed);
        var masked = image.Pixels.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            var (x, y) = (i / 3 % c.Width, i / 3 / c.Width);
            if (x < c.X || x >= c.X + c.W || y < c.Y || y >= c.Y + c.H) masked[i] = 77;
        }
        return Apply(image, c.X, c.Y, c.W, c.H, size, interpolation)
            .SequenceEqual(Apply(image with { Pixels = masked }, c.X, c.Y, c.W, c.H, size, interpolation));
    }, iter: 100);

    [Fact]
    public void A_mirrored_image_gives_a_mirrored_crop() => Rectangles().Sample((c, seed, size, interpolation) =>
    {
        var image = Pictures.Noise(c.Width, c.Height, seed);
        var mirrored = new byte[image.Pixels.Length];
        for (var i = 0; i < mirrored.Length; i++)
        {
            var (x, y) = (i / 3 % c.Width, i / 3 / c.Width);
            mirrored[i] = image.Pixels.Span[(y * c.Width + c.Width - 1 - x) * 3 + i % 3];
        }
        var expected = Apply(image, c.X, c.Y, c.W, c.H, size, interpolation);
        Flip.Apply(expected, size);
        var actual = Apply(image with { Pixels = mirrored }, c.Width - c.X - c.W, c.Y, c.W, c.H, size, interpolation);
        return expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) < 2e-5);
    }, iter: 100);

    // A slope stays the same slope wherever the rectangle lies between pixels.
    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void A_rectangle_may_begin_and_end_within_pixels(Interpolation interpolation)
    {
        var image = new Image8(Enumerable.Range(0, 60 * 60).SelectMany(i => Enumerable.Repeat((byte)(4 * (i % 60)), 3)).ToArray(), 60, 60);
        var square = new float[8 * 8 * 3];
        new ResizedCrop(8, interpolation).Apply(image.Pixels.Span, 60, new Rectangle(10.3, 20.8, 20.5, 25.1), Window.All(8), square);
        for (var x = 2; x < 6; x++)
            Assert.Equal(4 * (10.3 + (x + 0.5) * 20.5 / 8 - 0.5) / 255, square[(4 * 8 + x) * 3], 0.004);
    }

    [Fact]
    public void Halving_with_a_triangle_weighs_1_3_3_1()
    {
        var image = new Image8(
            Enumerable.Range(0, 8 * 8).SelectMany(i => Enumerable.Repeat((byte)(i % 8 == 3 ? 240 : 0), 3)).ToArray(), 8, 8);
        var row = Apply(image, 0, 0, 8, 8, 4, Interpolation.Bilinear)
            .Where((_, i) => i % 3 == 0).Take(4).Select(v => MathF.Round(v * 255, 3));
        Assert.Equal([0f, 90f, 30f, 0f], row);
    }

    [Fact]
    public void A_used_kernel_gives_what_a_fresh_one_gives()
    {
        var image = Pictures.Noise(60, 50);
        var used = new ResizedCrop(16, Interpolation.Bicubic);
        foreach (var (x, y, w, h) in new[] { (0, 0, 60, 50), (9, 8, 7, 40), (1, 2, 3, 4), (5, 5, 50, 10), (0, 0, 60, 50), (59, 49, 1, 1) })
        {
            var square = Enumerable.Repeat(float.NaN, 16 * 16 * 3).ToArray();
            used.Apply(image.Pixels.Span, 60, new Rectangle(x, y, w, h), Window.All(16), square);
            Assert.Equal(Apply(image, x, y, w, h, 16, Interpolation.Bicubic), square);
        }
    }

    // A window of a square is a square of its own, cut in where it lies; what is around it stays.
    [Fact]
    public void A_window_is_filled_and_nothing_else() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 20], Gen.Enum<Interpolation>(), Gen.Int[0, 1000]).Sample(
            (width, height, size, interpolation, seed) =>
            {
                var (image, random) = (Pictures.Noise(width, height, seed), new Random(seed));
                var (w, h) = (random.Next(1, size + 1), random.Next(1, size + 1));
                var window = new Window(random.Next(size - w + 1), random.Next(size - h + 1), w, h);
                var square = Enumerable.Repeat(-1f, size * size * 3).ToArray();
                var rectangle = new Rectangle(0, 0, width, height);
                new ResizedCrop(size, interpolation).Apply(image.Pixels.Span, width, rectangle, window, square);
                var alone = Apply(image, 0, 0, width, height, w, interpolation);
                for (var i = 0; i < square.Length; i++)
                {
                    var (x, y) = (i / 3 % size - window.X, i / 3 / size - window.Y);
                    var inside = x >= 0 && x < w && y >= 0 && y < h;
                    Assert.Equal(inside, square[i] >= 0);
                    if (inside && w == h) Assert.Equal(alone[(y * w + x) * 3 + i % 3], square[i]);
                }
            }, iter: 200);

    private static Gen<((int Width, int Height, int X, int Y, int W, int H), int Seed, int Size, Interpolation Interpolation)> Rectangles()
    {
        var rectangle = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40]).SelectMany((width, height) =>
            Gen.Select(Gen.Int[1, width], Gen.Int[1, height]).SelectMany((w, h) =>
                Gen.Select(Gen.Int[0, width - w], Gen.Int[0, height - h]).Select((x, y) => (width, height, x, y, w, h))));
        return Gen.Select(rectangle, Gen.Int[0, 1000], Gen.Int[1, 20], Gen.Enum<Interpolation>());
    }

    private static Image8 Picture(int shape, bool smooth) =>
        smooth ? Pictures.Smooth(Shapes[shape].Width, Shapes[shape].Height)
            : Pictures.Noise(Shapes[shape].Width, Shapes[shape].Height, shape);

    private static float[] Apply(int shape, Interpolation interpolation, bool smooth)
    {
        var c = Shapes[shape];
        return Apply(Picture(shape, smooth), c.X, c.Y, c.W, c.H, c.Size, interpolation);
    }

    private static float[] Apply(Image8 image, int x, int y, int width, int height, int size, Interpolation interpolation)
    {
        var square = Enumerable.Repeat(float.NaN, size * size * 3).ToArray();
        var rectangle = new Rectangle(x, y, width, height);
        new ResizedCrop(size, interpolation).Apply(image.Pixels.Span, image.Width, rectangle, Window.All(size), square);
        return square;
    }

    private static string Name(string operation, int shape, Interpolation interpolation, bool smooth) =>
        $"{operation} {shape} {interpolation} {smooth}";
}
