namespace Byol.Training;

/// <summary>Says, as soon as it is known how long a run will be, that it is too short to learn much.</summary>
/// <param name="recipe">What is trained.</param>
/// <param name="beganWithEncoder">Whether it began with an encoder: then nothing needs to be learned from scratch.</param>
/// <param name="warn">Is told, in a line, once.</param>
internal sealed class Shortfall(Recipe recipe, bool beganWithEncoder, Action<string> warn)
{
    private bool _told;

    /// <summary>What so many steps are too short for; null where they are enough.</summary>
    /// <param name="steps">Steps in all.</param>
    public string? Of(long steps) =>
        beganWithEncoder ? null : EncoderSizing.Shortfall(recipe.Encoder, (double)steps * recipe.Training.BatchSize);

    /// <summary>Looks at the length of the run.</summary>
    /// <param name="steps">Steps in all; 0 where that is not known yet.</param>
    public void Look(long steps)
    {
        if (_told || steps == 0) return;
        _told = true;
        if (Of(steps) is { } found) warn($"In all {found}.");
    }
}
