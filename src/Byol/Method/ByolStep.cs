using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>Two views of a batch as tensors, [B,3,S,S] each.</summary>
/// <param name="First">v.</param>
/// <param name="Second">v'.</param>
public readonly record struct ViewPair(Tensor First, Tensor Second);

/// <summary>What one step did.</summary>
/// <param name="Loss">The loss, 0 to 8, averaged over micro-batches.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="Tau">τ of the step.</param>
/// <param name="EmbeddingStd">Standard deviation of the normalized target projections of view 1, times √d: about 1 when healthy, 0 when
/// collapsed.</param>
public readonly record struct StepMetrics(double Loss, double LearningRate, double Tau, double EmbeddingStd);

/// <summary>One update of BYOL, in the paper's order (section 3.1 and algorithm 1).</summary>
/// <param name="state">The networks and the optimizer.</param>
/// <param name="learningRate">Step to learning rate.</param>
/// <param name="tau">Step to τ.</param>
public sealed class ByolStep(ByolState state, Func<long, double> learningRate, Func<long, double> tau)
{
    /// <summary>Whether the two views are computed at the same time, each by half of the threads: the fast twin of one after the other.
    /// Null: where a twin fits and there is more than one thread.</summary>
    internal bool? SideBySide { get; init; }

    /// <summary>Takes one optimizer step.</summary>
    /// <param name="microBatches">How many batches to add the gradients of, at least 1.</param>
    /// <param name="nextViews">Gives the two views of the next batch; they belong to the step's dispose scope.</param>
    /// <returns>The figures of the step.</returns>
    /// <exception cref="NonFiniteException">Loss, gradient or weight is not finite; the target has not moved.</exception>
    public StepMetrics Take(int microBatches, Func<ViewPair> nextViews)
    {
        using var scope = NewDisposeScope();
        var (loss, spread) = (0.0, 0.0);
        var twin = SideBySide ?? (ByolTwin.Fits(state) && get_num_threads() >= 2) ? state.Twin : null;
        state.Parameters.ZeroGradients();
        twin?.Begin();
        for (var i = 0; i < microBatches; i++)
        {
            var figures = twin is null
                ? AddGradients(nextViews, 1.0 / microBatches)
                : AddGradientsSideBySide(twin, nextViews, 1.0 / microBatches);
            loss += figures.Loss / microBatches;
            spread += figures.Spread / microBatches;
        }
        twin?.GiveGradients();

        Finite.Require(state.Step + 1, "gradient of", state.Parameters, state.Parameters.Gradients);
        var figure = new StepMetrics(loss, learningRate(state.Step), tau(state.Step), spread);
        state.Optimizer.Step(figure.LearningRate);
        Finite.Require(state.Step + 1, "weight", state.Parameters, state.Parameters.Values);
        state.Target.Update(state.Parameters, figure.Tau);      // ξ ← τξ + (1-τ)θ
        state.Step++;
        return figure;
    }

    private (double Loss, double Spread) AddGradients(Func<ViewPair> nextViews, double share)
    {
        using var scope = NewDisposeScope();
        using Scalar weight = share;
        var (v1, v2) = nextViews();                                                             // [B,3,S,S] each
        var (z1, z2) = (state.Target.Project(v1), state.Target.Project(v2));                    // [B,d], no gradient
        var (q1, q2) = (state.Online.Predict(v1), state.Online.Predict(v2));                    // [B,d]
        var loss = ByolLoss.Symmetric(q1, z2, q2, z1);                                          // eq. 2 and its swap
        var figure = Value(loss);
        Finite.RequireLoss(state.Step + 1, figure, ("view v", v1), ("view v'", v2));
        loss.mul(weight).backward();
        return (figure, Spread(z1));
    }

    private (double Loss, double Spread) AddGradientsSideBySide(ByolTwin twin, Func<ViewPair> nextViews, double share)
    {
        using var scope = NewDisposeScope();
        using Scalar weight = share;
        var (v1, v2) = nextViews();                                                             // [B,3,S,S] each
        var (z1, z2) = twin.Both(scope, () => state.Target.Project(v1), () => twin.Target.Project(v2));     // [B,d], no gradient
        var (first, second) = twin.Both(scope,                                                  // eq. 2 and its swap
            () => ByolLoss.OneWay(state.Online.Predict(v1), z2), () => ByolLoss.OneWay(twin.Online.Predict(v2), z1));
        var figure = Value(first) + Value(second);
        Finite.RequireLoss(state.Step + 1, figure, ("view v", v1), ("view v'", v2));
        twin.Both(() => first.mul(weight).backward(), () => second.mul(weight).backward());
        twin.HandOn();
        return (figure, Spread(z1));
    }

    private static double Value(Tensor loss) => loss.to(ScalarType.Float64).cpu().data<double>()[0];

    private static double Spread(Tensor z) => EmbeddingSpread.StandardDeviation(z) * Math.Sqrt(z.shape[1]);
}
