using Byol.Models;

namespace Byol.Training;

/// <summary>What a time budget allows for an encoder.</summary>
public sealed class EncoderTrial
{
    internal EncoderTrial(EncoderOptions encoder, double imagesPerSecond, double images, double wanted) =>
        (Encoder, ImagesPerSecond, Images, Wanted) = (encoder, imagesPerSecond, images, wanted);

    /// <summary>The encoder.</summary>
    public EncoderOptions Encoder { get; }

    /// <summary>The measured images/s of training.</summary>
    public double ImagesPerSecond { get; }

    /// <summary>The images that it would see in the remaining time, each counted as often as it is seen.</summary>
    public double Images { get; }

    /// <summary>The images that it should see.</summary>
    public double Wanted { get; }

    /// <summary>Whether the time suffices.</summary>
    internal bool Fits => Images >= Wanted;
}
