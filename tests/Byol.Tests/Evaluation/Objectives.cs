using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>The objective of logistic regression on features as they are, without axes and path.</summary>
internal static class Objectives
{
    public static SoftmaxRegression Of(FeatureBank bank, double penalty) => new(
        cat([bank.Features, ones(bank.Labels.Count, 1)], 1), LogisticRegression.Indices(bank.Labels),
        ones(1, bank.Labels.Count, ScalarType.Float64) / bank.Labels.Count, bank.Classes.Count, [penalty]);

    public static double Value(SoftmaxRegression objective, Tensor theta) => objective.Value(theta, objective.Scores(theta)).item<double>();

    /// <summary>scikit-learn's objective, C·Σ CE + ‖W‖²/2, of a classifier.</summary>
    public static double Value(LinearClassifier fitted, FeatureBank bank, double c)
    {
        using var scope = NewDisposeScope();
        return c * bank.Labels.Count * Value(Of(bank, 1 / (c * bank.Labels.Count)), fitted.Parameters.unsqueeze(0));
    }
}
