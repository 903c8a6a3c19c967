using Byol.Encoders;
using static Byol.Setting;

namespace Byol.Evaluation.Classification;

/// <summary>How a classifier is trained on an encoder and labeled images.</summary>
/// <param name="fineTune">How the encoder's weights are trained with the head; null leaves them as they are, which takes seconds.</param>
/// <param name="balanced">Whether all classes count the same, however many images they have; otherwise all images do.</param>
/// <param name="folds">Parts of the images that are held out in turn, to choose the penalty, to calibrate and to report.</param>
/// <param name="seed">Seeds the folds; with <paramref name="fineTune"/> also the head's weights, order and crops.</param>
/// <param name="warn">Receives a line if a fit did not reach its minimum.</param>
/// <param name="tiles">Tiles that each image is cut into, so that small things in large images stay visible: 1 for the whole image, at most
/// <see cref="Encoders.Tiles.Most"/>. It cannot be combined with <paramref name="fineTune"/>.</param>
/// <param name="pooling">How the embeddings of tiles become one.</param>
public sealed class ClassifierOptions(
    FineTuneOptions? fineTune = null, bool balanced = true, int folds = ClassifierOptions.UsualFolds, ulong seed = 1,
    Action<string>? warn = null, int tiles = 1, TilePooling pooling = TilePooling.Mean)
{
    /// <summary>The default number of folds.</summary>
    public const int UsualFolds = 5;

    internal FineTuneOptions? FineTune { get; } = fineTune;

    internal bool Balanced { get; } = balanced;

    internal int Folds { get; } = folds;

    internal ulong Seed { get; } = seed;

    internal int Tiles { get; } = tiles;

    internal TilePooling TilePooling { get; } = pooling;

    internal Action<string>? Warn { get; } = warn;

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(Folds is >= 2 and <= 20, $"Folds of {Folds} must lie between 2 and 20; use for instance {UsualFolds}.");
        Require(Tiles is >= 1 and <= Encoders.Tiles.Most,
            $"{Tiles} tiles of an image must lie between 1 and {Encoders.Tiles.Most}; use for instance 4 or 9.");
        Require(FineTune is null || Tiles == 1, $"Fine-tuning trains on whole images, and {Tiles} tiles of each are asked for; choose one.");
        FineTune?.Validate();
    }
}
