using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>Draws the plans of views: a pure function of seed, epoch, image index and view, so that views do not depend on threads or
/// processes, and a resumed run needs no state of them.</summary>
/// <param name="options">The distributions.</param>
/// <param name="seed">Distinguishes runs.</param>
internal sealed class ViewSampler(ViewOptions options, ulong seed)
{
    private const int CropTries = 10;

    /// <summary>The plan of one view.</summary>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="epoch">The pass over the data, from 0.</param>
    /// <param name="index">The image's index in its dataset.</param>
    /// <param name="view">0 for v (drawn from T), 1 for v' (drawn from T').</param>
    public ViewPlan Sample(int width, int height, int epoch, int index, int view)
    {
        var random = new Philox(seed, (uint)index, (uint)epoch, (uint)view);
        var crop = DrawCrop(ref random, width, height);
        var flip = random.NextDouble() < options.FlipProbability;
        Jitter? jitter = random.NextDouble() < options.JitterProbability ? DrawJitter(ref random) : null;
        var gray = random.NextDouble() < options.GrayscaleProbability;
        var sigma = random.NextDouble() < options.BlurProbability[view]
            ? random.NextDouble(options.BlurSigma.Low, options.BlurSigma.High)
            : 0;
        var solarize = random.NextDouble() < options.SolarizeProbability[view];
        // Drawn last, so that the views of recipes without them are what they were.
        var vertical = random.NextDouble() < options.VerticalFlipProbability;
        var turns = random.NextDouble() < options.QuarterTurnProbability ? random.NextInt(4) : 0;
        return new ViewPlan(crop, flip, jitter, gray, (float)sigma, solarize) { FlipVertically = vertical, QuarterTurns = turns };
    }

    /// <summary>The view of evaluation: of the image itself, or of its center, and nothing else.</summary>
    /// <param name="options">Says which, and how it becomes a square.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    public static ViewPlan Center(ViewOptions options, int width, int height)
    {
        if (options.EvaluationFit == EvaluationFit.Crop)
        {
            var side = Math.Max(1, (int)Math.Round(options.EvaluationCrop * Math.Min(width, height), MidpointRounding.AwayFromZero));
            return Plain(new CropBox((width - side) / 2, (height - side) / 2, side, side));
        }
        var whole = Plain(new CropBox(0, 0, width, height));
        return options.EvaluationFit == EvaluationFit.Squash || width == height ? whole
            : whole with { Window = Window.Containing(options.ImageSize, width, height) };
    }

    /// <summary>The view of evaluation of one of an image's tiles, which is brought to the view's square.</summary>
    /// <param name="tile">Which, from 0.</param>
    /// <param name="tiles">The number of them.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    public static ViewPlan Tile(int tile, int tiles, int width, int height) => Plain(TileGrid.Of(tiles, width, height)[tile]);

    private static ViewPlan Plain(CropBox crop) => new(crop, false, null, false, 0, false);

    // torchvision's RandomResizedCrop: area uniform, ratio log-uniform, ten tries, then the largest center crop of an allowed ratio.
    // Where evaluation sees whole images the place of that crop is drawn, or training would never see the ends of long ones.
    private CropBox DrawCrop(ref Philox random, int width, int height)
    {
        for (var attempt = 0; attempt < CropTries; attempt++)
        {
            var area = (double)width * height * random.NextDouble(options.CropArea.Low, options.CropArea.High);
            var ratio = Math.Exp(random.NextDouble(Math.Log(options.CropRatio.Low), Math.Log(options.CropRatio.High)));
            var w = (int)Math.Round(Math.Sqrt(area * ratio));
            var h = (int)Math.Round(Math.Sqrt(area / ratio));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            return new CropBox(random.NextInt(width - w + 1), random.NextInt(height - h + 1), w, h);
        }
        var given = (double)width / height;
        var (cw, ch) = given < options.CropRatio.Low ? (width, (int)Math.Round(width / options.CropRatio.Low))
            : given > options.CropRatio.High ? ((int)Math.Round(height * options.CropRatio.High), height)
            : (width, height);
        (cw, ch) = (Math.Clamp(cw, 1, width), Math.Clamp(ch, 1, height));
        return options.EvaluationFit == EvaluationFit.Crop
            ? new CropBox((width - cw) / 2, (height - ch) / 2, cw, ch)
            : new CropBox(random.NextInt(width - cw + 1), random.NextInt(height - ch + 1), cw, ch);
    }

    private Jitter DrawJitter(ref Philox random) => new(
        Factor(ref random, options.Brightness), Factor(ref random, options.Contrast), Factor(ref random, options.Saturation),
        (float)random.NextDouble(-options.Hue, options.Hue), random.NextInt(24));

    private static float Factor(ref Philox random, double strength) => (float)random.NextDouble(Math.Max(0, 1 - strength), 1 + strength);
}
