namespace Byol.Evaluation;

/// <summary>The paper's linear evaluation (BYOL, appendix C): a linear classifier on a frozen encoder by SGD with Nesterov momentum, random
/// crops and flips in training, center views in the test, no weight decay, the learning rate chosen on held-out training images.</summary>
/// <param name="epochs">Passes over the labeled images.</param>
/// <param name="batchSize">Images a step, 1024 in the paper; fewer if there are fewer labels.</param>
/// <param name="learningRates">Learning rates to try, for 256 images a step; they scale with the batch. Null tries the paper's: 0.4, 0.3,
/// 0.2, 0.1 and 0.05.</param>
/// <param name="momentum">Momentum.</param>
public sealed class LinearSgdOptions(
    int epochs = 80, int batchSize = 1024, IReadOnlyList<double>? learningRates = null, double momentum = 0.9)
{
    /// <summary>Passes over the labeled images.</summary>
    public int Epochs { get; } = epochs;

    /// <summary>Images a step; fewer if there are fewer labels.</summary>
    public int BatchSize { get; } = batchSize;

    /// <summary>Learning rates to try.</summary>
    internal IReadOnlyList<double> LearningRates { get; } = learningRates ?? [0.4, 0.3, 0.2, 0.1, 0.05];

    /// <summary>Momentum.</summary>
    internal double Momentum { get; } = momentum;

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        if (Epochs < 1) throw new ArgumentException($"Epochs of {Epochs} must be at least 1; the paper uses 80.");
        if (BatchSize < 1) throw new ArgumentException($"Batch size {BatchSize} must be at least 1; the paper uses 1024.");
        if (LearningRates.Count == 0 || !LearningRates.All(r => r is > 0 and < 1e3))
            throw new ArgumentException("Learning rates must be above 0 and below 1000; the paper tries 0.4, 0.3, 0.2, 0.1 and 0.05.");
        if (Momentum is not (>= 0 and < 1))
            throw new ArgumentException($"Momentum {Momentum} must be at least 0 and below 1; the paper uses 0.9.");
    }

    /// <summary>These options, after validation.</summary>
    /// <inheritdoc cref="Validate"/>
    internal LinearSgdOptions Validated()
    {
        Validate();
        return this;
    }
}
