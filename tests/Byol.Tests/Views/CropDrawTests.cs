using Byol.Data.Views;
using Byol.Tests.Kernels;
using CsCheck;

namespace Byol.Tests.Views;

/// <summary>The crops that ViewSampler draws, against theory and against torchvision's RandomResizedCrop.</summary>
public sealed class CropDrawTests
{
    private const int Draws = 5000;
    private static readonly ViewOptions Paper = new();

    private static readonly (int Width, int Height, double Low, double High)[] Drawn =
        [(500, 375, 0.08, 1), (375, 500, 0.08, 1), (32, 32, 0.08, 1), (224, 224, 0.2, 1), (640, 200, 0.08, 1), (300, 100, 0.3, 0.9)];

    /// <summary>No area of these shapes fits an allowed ratio, so that every draw ends in the fallback.</summary>
    private static readonly (int Width, int Height)[] Extreme =
        [(5000, 3), (3, 5000), (1, 100), (100, 1), (1, 60), (60, 1), (1000, 50), (50, 1000), (333, 10), (7, 200), (2, 64)];

    internal static IEnumerable<TorchvisionCase> Questions() =>
    [
        .. Drawn.Select((c, i) => Case($"drawn {i}", c.Width, c.Height, Draws, c.Low, c.High)),
        .. Extreme.Select((c, i) => Case($"extreme {i}", c.Width, c.Height, 1, Paper.CropArea.Low, Paper.CropArea.High)),
    ];

    public static TheoryData<int> DrawnCases() => [.. Enumerable.Range(0, Drawn.Length)];

    public static TheoryData<int> ExtremeCases() => [.. Enumerable.Range(0, Extreme.Length)];

    [Theory]
    [MemberData(nameof(DrawnCases))]
    public void Crops_are_distributed_as_torchvisions(int i)
    {
        var (width, height, low, high) = Drawn[i];
        var ours = Crops(Paper with { CropArea = new(low, high) }, width, height, Draws).ToArray();
        var theirs = Rows(Torchvision.Answer($"drawn {i}"));
        foreach (var figure in new Func<CropBox, double>[] {
            c => c.X, c => c.Y, c => c.Width, c => c.Height, c => c.Width * c.Height, c => (double)c.Width / c.Height })
            Statistics.AssertSameDistribution([.. ours.Select(figure)], [.. theirs.Select(figure)]);
    }

    [Theory]
    [MemberData(nameof(ExtremeCases))]
    public void Extreme_shapes_fall_back_as_torchvisions(int i)
    {
        var (width, height) = Extreme[i];
        var expected = Rows(Torchvision.Answer($"extreme {i}")).Single();
        Assert.All(Crops(Paper, width, height, 20), crop => Assert.Equal(expected, crop));
    }

    [Fact]
    public void Area_is_uniform_and_ratio_log_uniform()
    {
        // Up to half of a square's area every allowed ratio fits, so that no draw is tried again.
        var crops = Crops(Paper with { CropArea = new(0.08, 0.5) }, 20_000, 20_000, 20_000).ToArray();
        Statistics.AssertUniform([.. crops.Select(c => ((double)c.Width * c.Height / 4e8 - 0.08) / 0.42)], slack: 1e-3);
        Statistics.AssertUniform([.. crops.Select(c => Math.Log((double)c.Width / c.Height) / (2 * Math.Log(4.0 / 3)) + 0.5)], slack: 1e-3);
    }

    [Fact]
    public void Place_is_uniform_over_the_room_that_is_left()
    {
        var crops = Crops(Paper with { CropArea = new(0.08, 0.5) }, 20_000, 20_000, 20_000).ToArray();
        Statistics.AssertUniform([.. crops.Select(c => c.X / (20_000.0 - c.Width))], slack: 1e-3);
        Statistics.AssertUniform([.. crops.Select(c => c.Y / (20_000.0 - c.Height))], slack: 1e-3);
    }

    [Fact]
    public void Crops_reach_every_edge()
    {
        var crops = Crops(Paper, 32, 32, 5000).ToArray();
        Assert.Contains(crops, c => c.X == 0);
        Assert.Contains(crops, c => c.Y == 0);
        Assert.Contains(crops, c => c.X + c.Width == 32 && c.X > 0);
        Assert.Contains(crops, c => c.Y + c.Height == 32 && c.Y > 0);
    }

    // No try fits an image of 1 : 10, so every crop is the fallback: in the paper always the center, and the ends are never seen.
    [Theory]
    [InlineData(EvaluationFit.Squash)]
    [InlineData(EvaluationFit.Pad)]
    public void Where_evaluation_sees_whole_images_crops_reach_the_ends_of_long_ones(EvaluationFit fit)
    {
        var whole = Paper with { EvaluationCrop = 1, EvaluationFit = fit, CropArea = new(0.2, 1) };
        var crops = Crops(whole, 2000, 200, 5000).ToArray();
        Assert.All(crops, c => Assert.Equal((0, 200, 267), (c.Y, c.Height, c.Width)));
        Statistics.AssertUniform([.. crops.Select(c => c.X / (2000.0 - 267))], slack: 1e-3);
        Assert.Contains(crops, c => c.X < 20);
        Assert.Contains(crops, c => c.X + c.Width > 1980);
        Assert.All(Crops(whole with { EvaluationFit = EvaluationFit.Crop }, 2000, 200, 50), c => Assert.Equal((2000 - 267) / 2, c.X));
    }

    [Fact]
    public void Whatever_evaluation_sees_no_other_crop_changes() =>
        Assert.Equal(
            Crops(Paper, 500, 375, 500), Crops(Paper with { EvaluationCrop = 1, EvaluationFit = EvaluationFit.Squash }, 500, 375, 500));

    [Fact]
    public void Crops_lie_within_an_image_of_any_shape()
    {
        var side = Gen.OneOf(Gen.Int[1, 12], Gen.Int[1, 6000]);
        var area = Gen.Select(Gen.Double[0.001, 1], Gen.Double[0.001, 1]).Select((a, b) => new Interval(Math.Min(a, b), Math.Max(a, b)));
        var ratio = Gen.Select(Gen.Double[0.1, 10], Gen.Double[0.1, 10]).Select((a, b) => new Interval(Math.Min(a, b), Math.Max(a, b)));
        Gen.Select(side, side, area, ratio, Gen.ULong).Sample((width, height, areas, ratios, seed) =>
            Crops(Paper with { CropArea = areas, CropRatio = ratios }, width, height, 10, seed).All(c =>
                c is { X: >= 0, Y: >= 0, Width: >= 1, Height: >= 1 } && c.X + c.Width <= width && c.Y + c.Height <= height), iter: 2000);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5000, 3)]
    [InlineData(1, 6000)]
    public void The_whole_area_of_one_ratio_is_the_whole_image(int width, int height)
    {
        var ratio = (double)width / height;
        var crops = Crops(Paper with { CropArea = new(1, 1), CropRatio = new(ratio, ratio) }, width, height, 5);
        Assert.All(crops, c => Assert.Equal(new CropBox(0, 0, width, height), c));
    }

    private static TorchvisionCase Case(string name, int width, int height, int draws, double low, double high) =>
        new(name, "crops", new float[3], 1, 1, width, height, draws, 11, low, high, Paper.CropRatio.Low, Paper.CropRatio.High);

    private static CropBox[] Rows(double[] numbers) =>
        [.. numbers.Chunk(4).Select(r => new CropBox((int)r[0], (int)r[1], (int)r[2], (int)r[3]))];

    private static IEnumerable<CropBox> Crops(ViewOptions options, int width, int height, int draws, ulong seed = 5)
    {
        var sampler = new ViewSampler(options, seed);
        return Enumerable.Range(0, draws).Select(i => sampler.Sample(width, height, 0, i, 0).Crop);
    }
}
