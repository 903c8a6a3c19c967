using System.Globalization;
using Byol.Evaluation;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>How byol evaluate scores, with every setting.</summary>
internal sealed record Protocol(string Name, KnnOptions? Knn, LinearSgdOptions? Sgd, FineTuneOptions? FineTune, Precision Precision)
{
    public const string KnnName = "knn", Linear = "linear", LinearSgd = "linear-sgd", FineTuned = "finetune", Supervised = "supervised";

    public static IReadOnlyList<string> Names { get; } = [KnnName, Linear, LinearSgd, FineTuned, Supervised];

    /// <summary>Neighbors were not given: as many as are customary, or as there are.</summary>
    public bool NeighborsAreFree { get; init; }

    /// <summary>Whether features are computed once, from center views, and stay.</summary>
    public bool CachesFeatures => Name is KnnName or Linear;

    public object? Options => (object?)Knn ?? (object?)Sgd ?? FineTune;

    /// <summary>The protocol for the smallest number of labels that is asked for.</summary>
    public Protocol For(int labels)
    {
        if (Knn is not { } knn) return this;
        if (NeighborsAreFree) knn = knn with { Neighbors = Math.Min(knn.Neighbors, labels) };
        knn.Validate(labels);
        return this with { Knn = knn };
    }

    /// <summary>The protocol as a heading has it.</summary>
    public override string ToString() => Name switch
    {
        KnnName => string.Create(CultureInfo.InvariantCulture, $"kNN (k = {Knn!.Neighbors}, T = {Knn.Temperature})"),
        Linear => "linear probe (logistic regression on standardized features, C by cross-validation)",
        LinearSgd => string.Create(CultureInfo.InvariantCulture,
            $"linear probe (SGD on random crops, {Sgd!.Epochs} epochs, the best of {Sgd.LearningRates.Count} learning rates)"),
        _ => $"{(Name == FineTuned ? "fine-tuning" : "supervised training")} {Schedule}",
    };

    private string Schedule => string.Create(CultureInfo.InvariantCulture,
        $"(learning rate {FineTune!.EncoderLearningRate}, head {FineTune.HeadLearningRate}, "
        + $"{FineTune.Epochs} epochs and {FineTune.LeastSteps} steps at least)");
}
