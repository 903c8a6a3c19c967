using System.Runtime.InteropServices;
using Byol.Data.Kernels;
using Byol.Tests.Images;

namespace Byol.Tests.Kernels;

/// <summary>Every kernel at every width against the scalar truth, on memory that ends the process where a kernel leaves it.</summary>
public sealed class KernelSetTests
{
    private const int Widest = 257;
    private const float Tolerance = 2e-6f;

    private delegate void Kernel(KernelSet set, Span<float> view);

    private static readonly Dictionary<string, Kernel> OnPixels = new()
    {
        ["brightness"] = (s, v) => s.Brightness(v, 1.3f),
        ["contrast"] = (s, v) => s.Contrast(v, 0.7f),
        ["saturation"] = (s, v) => s.Saturation(v, 1.2f),
        ["hue"] = (s, v) => s.Hue(v, -0.07f),
        ["half a turn"] = (s, v) => s.Hue(v, 0.5f),
        ["grayscale"] = (s, v) => s.Grayscale(v),
        ["solarize"] = (s, v) => s.Solarize(v, 0.5f),
        ["normalize"] = (s, v) => s.Normalize(new Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), v),
    };

    public static TheoryData<string> Names() => [.. KernelSet.All.Select(s => s.Name)];

    public static TheoryData<string> Twins() => [.. KernelSet.All.Skip(1).Select(s => s.Name)];

    public static TheoryData<string, string> TwinsOfPixelKernels() =>
        [.. from twin in KernelSet.All.Skip(1) from kernel in OnPixels.Keys select (twin.Name, kernel)];

    [Theory]
    [MemberData(nameof(TwinsOfPixelKernels))]
    public void A_twin_equals_the_truth_at_every_width(string twin, string kernel)
    {
        for (var width = 1; width <= Widest; width++)
        {
            using var memory = new GuardedMemory(width * 3 * sizeof(float));
            var view = Pixels(width * 3, width);
            var expected = view.After(v => OnPixels[kernel](KernelSet.All[0], v));
            Check(Floats(memory.AtStart));
            Check(Floats(memory.AtEnd));

            void Check(Span<float> guarded)
            {
                view.CopyTo(guarded);
                OnPixels[kernel](KernelSet.Choose(twin), guarded);
                Assert.True(guarded.ToArray().IsClose(expected, kernel == "normalize" ? 4 * Tolerance : Tolerance), $"{width} pixels");
            }
        }
    }

    // Contrast and brightness among others take no whole pixels when a view is no view: nothing may be touched then either.
    [Theory]
    [MemberData(nameof(TwinsOfPixelKernels))]
    public void An_empty_view_stays_one(string twin, string kernel)
    {
        using var memory = new GuardedMemory(0);
        OnPixels[kernel](KernelSet.Choose(twin), Floats(memory.AtEnd));
    }

    [Theory]
    [MemberData(nameof(Twins))]
    public void A_blurred_view_equals_the_truths_at_every_size(string twin)
    {
        for (var size = 2; size <= Widest; size += size < 40 ? 1 : 31)
        {
            var blurs = new[] { (1, 1f), (3, 0.8f), (7, 2f), (23, 0.1f), (23, 1.1f), (23, 2f) };
            foreach (var (kernel, sigma) in blurs.Where(k => k.Item1 / 2 < size))
            {
                using var memory = new GuardedMemory(size * size * 3 * sizeof(float));
                var view = Pixels(size * size * 3, size);
                var expected = view.After(v => new GaussianBlur(size, kernel).Apply(v, sigma));
                var guarded = Floats(memory.AtEnd);
                view.CopyTo(guarded);
                KernelSet.Choose(twin).Blur(new GaussianBlur(size, kernel), guarded, sigma);
                Assert.True(guarded.ToArray().IsClose(expected), $"{size} pixels, kernel {kernel}, sigma {sigma}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Twins))]
    public void A_resized_crop_equals_the_truths_at_every_width(string twin)
    {
        for (var width = 1; width <= Widest; width++)
        {
            var (height, size) = (1 + width * 7 % 61, 1 + width * 5 % 37);
            var interpolation = (Interpolation)(width % 2);
            using var pixels = new GuardedMemory(width * height * 3);
            using var square = new GuardedMemory(size * size * 3 * sizeof(float));
            var image = Pictures.Noise(width, height, width).Pixels.Span;
            image.CopyTo(pixels.AtEnd);
            Rectangle[] rectangles = [new(0, 0, width, height), new(width * 0.3, height * 0.2, width * 0.7, height * 0.55)];
            foreach (var rectangle in rectangles)
            {
                Window[] windows = [Window.All(size), new(size / 3, size / 4, size - size / 3, Math.Max(1, size / 2))];
                foreach (var (window, flip) in windows.SelectMany(w => new[] { (w, false), (w, true) }))
                {
                    var expected = Enumerable.Repeat(-1f, size * size * 3).ToArray();
                    expected.CopyTo(Floats(square.AtEnd));
                    KernelSet.All[0].ResizedCrop(new ResizedCrop(size, interpolation), image, width, rectangle, window, flip, expected);
                    KernelSet.Choose(twin).ResizedCrop(
                        new ResizedCrop(size, interpolation), pixels.AtEnd, width, rectangle, window, flip, Floats(square.AtEnd));
                    Assert.True(
                        Floats(square.AtEnd).ToArray().IsClose(expected),
                        $"{width} x {height} to {size}, {interpolation}, {rectangle} in {window}, flip {flip}");
                }
            }
        }
    }

    [Fact]
    public void The_widest_that_the_processor_has_is_chosen()
    {
        Assert.Same(KernelSet.All.Last(s => s.IsFast), KernelSet.Choose(null));
        Assert.Same(KernelSet.Choose(null), KernelSet.Choose(""));
        foreach (var set in KernelSet.All) Assert.Same(set, KernelSet.Choose(set.Name));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var message = Assert.Throws<ArgumentException>(() => KernelSet.Choose("avx3")).Message;
        Assert.All(KernelSet.All, s => Assert.Contains(s.Name, message, StringComparison.Ordinal));
        Assert.Contains("BYOL_FORCE_KERNEL=avx3", message, StringComparison.Ordinal);
    }

    private static Span<float> Floats(Span<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes);

    // Extremes, ties and grays among ordinary values; none so near a half that solarising could tell two roundings apart.
    private static float[] Pixels(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = random.Next(8) switch { 0 => 0, 1 => 1, 2 => i > 0 ? values[i - 1] : 0.25f, _ => random.Next(256) / 255f };
        return values;
    }
}
