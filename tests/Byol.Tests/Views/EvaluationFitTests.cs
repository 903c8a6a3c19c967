using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Data.Views;
using Byol.Tests.Images;
using Byol.Tests.Kernels;
using CsCheck;

namespace Byol.Tests.Views;

/// <summary>What evaluation sees of images of any shape, against Pillow: the center square, the whole image squashed, or padded.</summary>
public sealed class EvaluationFitTests
{
    private const int Size = 32;
    private static readonly ViewOptions Whole = new() { ImageSize = Size, EvaluationCrop = 1 };

    private static readonly (int Width, int Height)[] Shapes =
        [(32, 32), (200, 500), (500, 200), (97, 41), (41, 97), (640, 48), (3, 90), (20, 7), (64, 65), (65, 64), (100, 99), (31, 1)];

    internal static IEnumerable<TorchvisionCase> Questions() =>
        from shape in Shapes
        from fit in Enum.GetValues<EvaluationFit>()
        let image = Pictures.Smooth(shape.Width, shape.Height)
        select new TorchvisionCase(Name(shape, fit), "evaluation", image.Pixels.ToArray(), shape.Width, shape.Height,
            [Size, (int)fit, 1, .. Whole.Mean.ToArray()]);

    public static TheoryData<int, EvaluationFit> Cases() =>
        [.. from shape in Enumerable.Range(0, Shapes.Length) from fit in Enum.GetValues<EvaluationFit>() select (shape, fit)];

    // Pillow rounds to bytes after each of its two passes, and the color around the image too.
    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_what_Pillow_makes(int shape, EvaluationFit fit)
    {
        var (width, height) = Shapes[shape];
        var view = Render(Whole with { EvaluationFit = fit }, Pictures.Smooth(width, height));
        Torchvision.AssertClose(Torchvision.Answer(Name(Shapes[shape], fit)), view, 1.21 / 255);
    }

    [Fact]
    public void A_padded_image_lies_in_the_middle_in_its_proportions() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 3000], Gen.Int[8, 256]).Sample((width, height, size) =>
        {
            var plan = ViewSampler.Center(Whole with { ImageSize = size, EvaluationFit = EvaluationFit.Pad }, width, height);
            Assert.Equal(new CropBox(0, 0, width, height), plan.Crop);
            var window = plan.Window ?? Window.All(size);
            Assert.Equal(size, Math.Max(window.Width, window.Height));
            Assert.InRange(window.X - (size - window.Width - window.X), -1, 1);
            Assert.InRange(window.Y - (size - window.Height - window.Y), -1, 1);
            var scale = (double)size / Math.Max(width, height);
            Assert.InRange(window.Width, Math.Max(1, width * scale - 0.501), Math.Max(1, width * scale + 0.501));
            Assert.InRange(window.Height, Math.Max(1, height * scale - 0.501), Math.Max(1, height * scale + 0.501));
        });

    [Fact]
    public void Around_a_padded_image_the_encoder_sees_its_mean()
    {
        var options = Whole with { EvaluationFit = EvaluationFit.Pad };
        var (view, plan) = (new float[Size * Size * 3], ViewSampler.Center(options, 90, 30));
        new ViewRenderer(options).Render(Pictures.Constant(90, 30, 255), plan, view);
        Assert.Equal(new Window(0, 10, 32, 11), plan.Window);
        for (var i = 0; i < view.Length; i++)
        {
            if (i / 3 / Size is >= 10 and < 21) Assert.True(view[i] > 2);
            else Assert.Equal(0, view[i], 1e-6f);
        }
    }

    // The purpose of it: a defect at the end of a long photograph is seen.
    [Theory]
    [InlineData(EvaluationFit.Crop, false)]
    [InlineData(EvaluationFit.Squash, true)]
    [InlineData(EvaluationFit.Pad, true)]
    public void The_end_of_a_long_image_is_seen(EvaluationFit fit, bool seen)
    {
        var (good, bad) = (Pictures.Constant(200, 500, 200), Pictures.Constant(200, 500, 200));
        var pixels = bad.Pixels.ToArray();
        pixels.AsSpan(480 * 200 * 3).Clear();
        var options = Whole with { EvaluationFit = fit };
        Assert.Equal(seen, !Render(options, good).SequenceEqual(Render(options, bad with { Pixels = pixels })));
    }

    [Theory]
    [InlineData(EvaluationFit.Squash)]
    [InlineData(EvaluationFit.Pad)]
    public void A_part_does_not_go_with_the_whole(EvaluationFit fit)
    {
        (Whole with { EvaluationFit = fit }).Validate();
        Assert.Contains($"Evaluation crop 0.875 does not go with the evaluation fit {fit}",
            Assert.Throws<ArgumentException>((Whole with { EvaluationFit = fit, EvaluationCrop = 0.875 }).Validate).Message,
            StringComparison.Ordinal);
    }

    private static float[] Render(ViewOptions options, Image8 image)
    {
        var view = new float[Size * Size * 3];
        new ViewRenderer(options).RenderColors(image, ViewSampler.Center(options, image.Width, image.Height), view);
        return view;
    }

    private static string Name((int Width, int Height) shape, EvaluationFit fit) => $"fit {shape.Width} {shape.Height} {fit}";
}
