using Byol.Models;

namespace Byol.Training;

/// <summary>What a budget of time would give an encoder.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="ImagesPerSecond">Of training, as measured.</param>
/// <param name="Images">How many it would see in the time that is left, each counted as often as it is seen.</param>
/// <param name="Wanted">How many it should see.</param>
public sealed record EncoderTrial(EncoderOptions Encoder, double ImagesPerSecond, double Images, double Wanted)
{
    /// <summary>Whether the time suffices.</summary>
    public bool Fits => Images >= Wanted;
}
