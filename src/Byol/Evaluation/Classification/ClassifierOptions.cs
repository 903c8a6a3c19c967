using static Byol.Setting;

namespace Byol.Evaluation.Classification;

/// <summary>How a classifier is made of an encoder and labeled images.</summary>
public sealed class ClassifierOptions
{
    /// <summary>How the encoder's weights are trained with the head; null leaves them as they are, which takes seconds.</summary>
    public FineTuneOptions? FineTune { get; init; }

    /// <summary>Whether all classes count the same, however many images they have; otherwise all images do.</summary>
    public bool Balanced { get; init; } = true;

    /// <summary>Parts of the images that are held out in turn, to choose the penalty, to calibrate and to report.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Draws the folds; with <see cref="FineTune"/> also the head's weights, order and crops.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Is told, in a line, when a fit did not reach its minimum.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    internal void Validate()
    {
        Require(Folds is >= 2 and <= 20, $"Folds of {Folds} must lie between 2 and 20; use for instance 5.");
        FineTune?.Validate();
    }
}
