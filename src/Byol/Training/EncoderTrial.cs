using Byol.Models;

namespace Byol.Training;

/// <summary>What a budget of time would give an encoder.</summary>
public sealed class EncoderTrial
{
    internal EncoderTrial(EncoderOptions encoder, double imagesPerSecond, double images, double wanted) =>
        (Encoder, ImagesPerSecond, Images, Wanted) = (encoder, imagesPerSecond, images, wanted);

    /// <summary>The encoder.</summary>
    public EncoderOptions Encoder { get; }

    /// <summary>Of training, as measured.</summary>
    public double ImagesPerSecond { get; }

    /// <summary>How many it would see in the time that is left, each counted as often as it is seen.</summary>
    public double Images { get; }

    /// <summary>How many it should see.</summary>
    public double Wanted { get; }

    /// <summary>Whether the time suffices.</summary>
    internal bool Fits => Images >= Wanted;
}
