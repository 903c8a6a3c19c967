using Byol.Data.Images;
using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>Carries out the plan of a view: crop and resize, flip, jitter, grayscale, blur, solarise, normalise (BYOL, appendix B).</summary>
/// <remarks>It holds scratch memory: one renderer for each thread. Once warm it allocates nothing.</remarks>
/// <param name="options">Size, kernel, threshold and normalisation.</param>
public sealed class ViewRenderer(ViewOptions options)
{
    private readonly ResizedCrop _resizedCrop = new(options.ImageSize, options.Interpolation);
    private readonly GaussianBlur _blur = new(options.ImageSize, options.BlurKernelInUse);
    private readonly Normalize _normalize = new(options.Mean.ToArray(), options.StandardDeviation.ToArray());

    /// <summary>Renders a view as the encoder sees it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">Drawn for an image of this size.</param>
    /// <param name="view">S × S × 3 floats to fill, HWC, normalised.</param>
    public void Render(Image8 image, ViewPlan plan, Span<float> view)
    {
        RenderColours(image, plan, view);
        _normalize.Apply(view);
    }

    /// <summary>Renders a view as people see it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">Drawn for an image of this size.</param>
    /// <param name="view">S × S × 3 floats to fill, HWC, in [0,1].</param>
    public void RenderColours(Image8 image, ViewPlan plan, Span<float> view)
    {
        var crop = plan.Crop;
        _resizedCrop.Apply(image.Pixels.Span, image.Width, crop.X, crop.Y, crop.Width, crop.Height, view);
        if (plan.Flip) Flip.Apply(view, options.ImageSize);
        if (plan.Jitter is { } jitter)
        {
            for (var i = 0; i < 4; i++) Apply(jitter, jitter.Step(i), view);
        }
        if (plan.Grayscale) Grayscale.Apply(view);
        if (plan.BlurSigma > 0) _blur.Apply(view, plan.BlurSigma);
        if (plan.Solarize) Solarize.Apply(view, (float)options.SolarizeThreshold);
    }

    private static void Apply(Jitter jitter, JitterStep step, Span<float> view)
    {
        switch (step)
        {
            case JitterStep.Brightness: ColorJitter.Brightness(view, jitter.Brightness); break;
            case JitterStep.Contrast: ColorJitter.Contrast(view, jitter.Contrast); break;
            case JitterStep.Saturation: ColorJitter.Saturation(view, jitter.Saturation); break;
            default: ColorJitter.Hue(view, jitter.Hue); break;
        }
    }
}
