namespace Byol.Data.Views;

/// <summary>How an image of any shape becomes the square that an encoder sees when it is evaluated or embeds.</summary>
public enum EvaluationFit
{
    /// <summary>The center square, <see cref="ViewOptions.EvaluationCrop"/> times the short side; the rest is not seen.
    /// </summary>
    Crop,

    /// <summary>The whole image, each side resized to the square's: a long image is squashed.</summary>
    Squash,

    /// <summary>The whole image in its proportions, in the middle of a square of the mean color.</summary>
    Pad,
}
