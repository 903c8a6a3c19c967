using System.Numerics;
using System.Runtime.InteropServices;
using Byol.Data.Images;
using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>Carries out the plan of a view: crop and resize, flip, turn, jitter, grayscale, blur, solarize,
/// normalize (BYOL, appendix B).</summary>
/// <remarks>It holds scratch memory: one renderer for each thread. Once warm it allocates nothing.</remarks>
/// <param name="options">Size, kernel, threshold and normalization.</param>
/// <param name="kernels">What the kernels compute with.</param>
internal sealed class ViewRenderer(ViewOptions options, KernelSet kernels)
{
    private readonly ResizedCrop _resizedCrop = new(options.ImageSize, options.Interpolation);
    private readonly GaussianBlur _blur = new(options.ImageSize, options.BlurKernelInUse);
    private readonly Normalize _normalize = new(options.Mean.ToArray(), options.StandardDeviation.ToArray());

    private readonly Vector3 _ground = new(Color(options.Mean.Red), Color(options.Mean.Green), Color(options.Mean.Blue));

    /// <summary>A renderer with the fastest kernels of this processor.</summary>
    /// <param name="options">Size, kernel, threshold and normalization.</param>
    public ViewRenderer(ViewOptions options) : this(options, KernelSet.Current())
    {
    }

    /// <summary>Renders a view as the encoder sees it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">Drawn for the image's source size.</param>
    /// <param name="view">S × S × 3 floats to fill, HWC, normalized.</param>
    public void Render(Image8 image, ViewPlan plan, Span<float> view)
    {
        RenderColors(image, plan, view);
        Normalize(view);
    }

    /// <summary>Brings a view that was rendered as people see it to what the encoder sees.</summary>
    /// <param name="view">S × S × 3 floats, HWC, changed in place.</param>
    internal void Normalize(Span<float> view) => kernels.Normalize(_normalize, view);

    /// <summary>Renders a view as people see it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">Drawn for the image's source size.</param>
    /// <param name="view">S × S × 3 floats to fill, HWC, in [0,1].</param>
    public void RenderColors(Image8 image, ViewPlan plan, Span<float> view)
    {
        if (plan.Window is not null) MemoryMarshal.Cast<float, Vector3>(view).Fill(_ground);
        var window = plan.Window ?? Window.All(options.ImageSize);
        kernels.ResizedCrop(_resizedCrop, image.Pixels.Span, image.Width, In(image, plan.Crop), window, plan.Flip, view);
        if (plan.FlipVertically) Flip.Vertically(view, options.ImageSize);
        if (plan.QuarterTurns > 0) Flip.Turn(view, options.ImageSize, plan.QuarterTurns);
        if (plan.Jitter is { } jitter)
        {
            for (var i = 0; i < 4; i++) Apply(jitter, jitter.Step(i), view);
        }
        if (plan.Grayscale) kernels.Grayscale(view);
        if (plan.BlurSigma > 0) kernels.Blur(_blur, view, plan.BlurSigma);
        if (plan.Solarize) kernels.Solarize(view, (float)options.SolarizeThreshold);
    }

    private static float Color(double mean) => (float)Math.Clamp(mean, 0, 1);

    // Plans are drawn for the image as stored; it may have come smaller.
    private static Rectangle In(Image8 image, CropBox crop)
    {
        var (x, y) = ((double)image.Width / image.SourceWidth, (double)image.Height / image.SourceHeight);
        return new Rectangle(crop.X * x, crop.Y * y, crop.Width * x, crop.Height * y);
    }

    private void Apply(Jitter jitter, JitterStep step, Span<float> view)
    {
        switch (step)
        {
            case JitterStep.Brightness: kernels.Brightness(view, jitter.Brightness); break;
            case JitterStep.Contrast: kernels.Contrast(view, jitter.Contrast); break;
            case JitterStep.Saturation: kernels.Saturation(view, jitter.Saturation); break;
            default: kernels.Hue(view, jitter.Hue); break;
        }
    }
}
