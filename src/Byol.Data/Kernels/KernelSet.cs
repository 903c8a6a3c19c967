using System.Runtime.Intrinsics;

namespace Byol.Data.Kernels;

/// <summary>All kernels at one width: the one place that orders implementations.</summary>
/// <remarks>The environment variable <c>BYOL_FORCE_KERNEL</c> (scalar, vector128, vector256, vector512) forces one.</remarks>
internal abstract class KernelSet
{
    /// <summary>Name of the variable that forces one.</summary>
    public const string Variable = "BYOL_FORCE_KERNEL";

    private KernelSet(string name, bool fast) => (Name, IsFast) = (name, fast);

    /// <summary>The truth first, then ever wider twins.</summary>
    public static IReadOnlyList<KernelSet> All { get; } =
    [
        new Scalar(),
        new Lanes<Lane128>("vector128", Vector128.IsHardwareAccelerated),
        new Lanes<Lane256>("vector256", Vector256.IsHardwareAccelerated),
        new Lanes<Lane512>("vector512", Vector512.IsHardwareAccelerated),
    ];

    /// <summary>The widest that the processor has, or the one that <see cref="Variable"/> names.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    public static KernelSet Current() => Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>A name as in <see cref="Variable"/>.</summary>
    public string Name { get; }

    /// <summary>Whether the processor has registers of this width; without them results are the same, later.</summary>
    public bool IsFast { get; }

    /// <summary>The set of a name, or the widest fast one if there is no name.</summary>
    /// <param name="name">One of the names, or null or empty.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    internal static KernelSet Choose(string? name) => string.IsNullOrEmpty(name) ? All.Last(s => s.IsFast)
        : All.FirstOrDefault(s => s.Name == name)
            ?? throw new ArgumentException(
                $"{Variable}={name} is not known; use {string.Join(", ", All.Select(s => s.Name))}, or unset it.");

    /// <summary>Does work that is written for any width.</summary>
    internal abstract void Do<TWork>(in TWork work) where TWork : ILaneWork;

    internal abstract void ResizedCrop(
        ResizedCrop crop, ReadOnlySpan<byte> pixels, int imageWidth, Rectangle rectangle, Window window, bool flip, Span<float> view);

    internal abstract void Brightness(Span<float> view, float factor);

    internal abstract void Contrast(Span<float> view, float factor);

    internal abstract void Saturation(Span<float> view, float factor);

    internal abstract void Hue(Span<float> view, float shift);

    internal abstract void Grayscale(Span<float> view);

    internal abstract void Blur(GaussianBlur blur, Span<float> view, float sigma);

    internal abstract void Solarize(Span<float> view, float threshold);

    internal abstract void Normalize(Normalize normalize, Span<float> view);

    private sealed class Scalar() : KernelSet("scalar", true)
    {
        internal override void Do<TWork>(in TWork work) => work.Do<Lane32>();

        internal override void ResizedCrop(
            ResizedCrop crop, ReadOnlySpan<byte> pixels, int imageWidth, Rectangle rectangle, Window window, bool flip, Span<float> view)
        {
            crop.Apply(pixels, imageWidth, rectangle, window, view);
            if (flip) Flip.Apply(view, crop.Size, window);
        }

        internal override void Brightness(Span<float> view, float factor) => ColorJitter.Brightness(view, factor);

        internal override void Contrast(Span<float> view, float factor) => ColorJitter.Contrast(view, factor);

        internal override void Saturation(Span<float> view, float factor) => ColorJitter.Saturation(view, factor);

        internal override void Hue(Span<float> view, float shift) => ColorJitter.Hue(view, shift);

        internal override void Grayscale(Span<float> view) => Kernels.Grayscale.Apply(view);

        internal override void Blur(GaussianBlur blur, Span<float> view, float sigma) => blur.Apply(view, sigma);

        internal override void Solarize(Span<float> view, float threshold) => Kernels.Solarize.Apply(view, threshold);

        internal override void Normalize(Normalize normalize, Span<float> view) => normalize.Apply(view);
    }

    private sealed class Lanes<T>(string name, bool fast) : KernelSet(name, fast) where T : struct, ILane<T>
    {
        internal override void Do<TWork>(in TWork work) => work.Do<T>();

        internal override void ResizedCrop(
            ResizedCrop crop, ReadOnlySpan<byte> pixels, int imageWidth, Rectangle rectangle, Window window, bool flip, Span<float> view) =>
            crop.Apply<T>(pixels, imageWidth, rectangle, window, flip, view);

        internal override void Brightness(Span<float> view, float factor) => ColorJitter.Brightness<T>(view, factor);

        internal override void Contrast(Span<float> view, float factor) => ColorJitter.Contrast<T>(view, factor);

        internal override void Saturation(Span<float> view, float factor) => ColorJitter.Saturation<T>(view, factor);

        internal override void Hue(Span<float> view, float shift) => ColorJitter.Hue<T>(view, shift);

        internal override void Grayscale(Span<float> view) => Kernels.Grayscale.Apply<T>(view);

        internal override void Blur(GaussianBlur blur, Span<float> view, float sigma) => blur.Apply<T>(view, sigma);

        internal override void Solarize(Span<float> view, float threshold) => Kernels.Solarize.Apply<T>(view, threshold);

        internal override void Normalize(Normalize normalize, Span<float> view) => normalize.Apply<T>(view);
    }
}
