using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>Two views of a batch as tensors, [B,3,S,S] each.</summary>
/// <param name="first">v.</param>
/// <param name="second">v'.</param>
public sealed class ViewPair(Tensor first, Tensor second)
{
    /// <summary>v.</summary>
    internal Tensor First { get; } = first;

    /// <summary>v'.</summary>
    internal Tensor Second { get; } = second;
}

/// <summary>The metrics of one step.</summary>
public sealed class StepMetrics
{
    internal StepMetrics(double loss, double learningRate, double tau, double embeddingStd) =>
        (Loss, LearningRate, Tau, EmbeddingStd) = (loss, learningRate, tau, embeddingStd);

    /// <summary>The loss, 0 to 8, averaged over micro-batches.</summary>
    public double Loss { get; }

    /// <summary>The learning rate of the step.</summary>
    internal double LearningRate { get; }

    /// <summary>τ of the step.</summary>
    internal double Tau { get; }

    /// <summary>Standard deviation of the normalized target projections of view 1, times √d: about 1 in healthy training, 0 after a
    /// collapse.</summary>
    public double EmbeddingStd { get; }
}

/// <summary>The result of one micro-batch of a step.</summary>
internal readonly struct MicroBatchResult
{
    internal MicroBatchResult(Tensor y1, Tensor y2) => (Y1, Y2) = (y1, y2);

    /// <summary>The online representations of view 1, [B,D], detached from the graph, so that no gradient from them reaches θ.</summary>
    public Tensor Y1 { get; }

    /// <summary>The same of view 2.</summary>
    public Tensor Y2 { get; }
}

/// <summary>One update of BYOL, in the paper's order (section 3.1 and algorithm 1): the gradients of its micro-batches are added up, and
/// then applied.</summary>
public sealed class ByolStep
{
    private readonly ByolState _state;
    private readonly ICollective _ranks;
    private readonly int _microBatches;
    private readonly ITwoViews _views;
    private readonly IStepReadings _readings;
    private int _accumulated;
    private bool _isApplied;

    /// <summary>Begins a step: the gradients are zero.</summary>
    /// <param name="state">The networks and the optimizer.</param>
    /// <param name="microBatches">The number of batches whose gradients are added up, at least 1.</param>
    internal ByolStep(ByolState state, int microBatches = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microBatches, 1);
        (_state, _ranks, _microBatches, _views) = (state, state.Ranks, microBatches, state.Views);
        _readings = state.ReadsTogether ? new ReadTogether(state, microBatches) : new ReadAtOnce(state, microBatches);
        using var scope = NewDisposeScope();
        _state.Parameters.ZeroGradients();
        _views.Begin();
    }

    /// <summary>Takes a whole step on one batch.</summary>
    /// <param name="state">The networks and the optimizer.</param>
    /// <param name="views">The two views of the batch.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="tau">τ.</param>
    /// <exception cref="NonFiniteException">Loss, gradient or weight is not finite; the target is unchanged.</exception>
    public static StepMetrics Take(ByolState state, ViewPair views, double learningRate, double tau)
    {
        using var scope = NewDisposeScope();
        var step = new ByolStep(state);
        step.Accumulate(views);
        return step.Apply(learningRate, tau);
    }

    /// <summary>Adds the gradients of one micro-batch.</summary>
    /// <param name="views">Its two views; the caller keeps them.</param>
    /// <returns>Its representations; the caller's dispose scope owns them.</returns>
    /// <exception cref="NonFiniteException">The loss is not finite; no weight has changed, and the step has ended. On a GPU
    /// <see cref="Apply"/> throws it.</exception>
    /// <exception cref="InvalidOperationException">All micro-batches were accumulated.</exception>
    internal MicroBatchResult Accumulate(ViewPair views)
    {
        if (_accumulated == _microBatches)
            throw new InvalidOperationException($"All {_microBatches} micro-batches of this step were accumulated; apply it.");
        using var scope = NewDisposeScope();
        var (z1, z2) = _views.Project(views);                              // target: [B,d] each, no gradient
        var (losses, objectives, y1, y2) = _views.Compare(views, z1, z2);              // online: q(z) with the other view's z', eq. 2 and its swap
        _readings.Losses(losses, views);
        _views.Backward(objectives, weight: 1.0 / (_microBatches * _ranks.Count));  // ∇θ, this rank's share of it
        _readings.Projections(z1);
        _accumulated++;
        return new MicroBatchResult(y1.MoveToOuterDisposeScope(), y2.MoveToOuterDisposeScope());
    }

    /// <summary>Updates the weights by the gradients, and then the target.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="tau">τ.</param>
    /// <exception cref="NonFiniteException">A gradient or a weight is not finite; the target is unchanged.</exception>
    /// <exception cref="InvalidOperationException">A micro-batch is missing, or the step was applied.</exception>
    internal StepMetrics Apply(double learningRate, double tau)
    {
        if (_accumulated < _microBatches)
        {
            throw new InvalidOperationException(
                $"{_accumulated} of {_microBatches} micro-batches were accumulated; accumulate the others.");
        }
        if (_isApplied) throw new InvalidOperationException("This step was applied; begin another.");
        _isApplied = true;
        using var scope = NewDisposeScope();
        _views.End();
        _ranks.Sum(_state.Parameters.Gradients);                           // ∇θ of the whole batch: the mean over ranks and micro-batches
        _readings.Gradients();
        _state.Optimizer.Step(learningRate);                               // θ ← optimizer(θ, ∇θ)
        var (loss, embeddingStd) = _readings.Weights();
        _state.Target.Update(_state.Parameters, tau);                      // ξ ← τξ + (1-τ)θ
        _state.Step++;
        return new StepMetrics(loss, learningRate, tau, embeddingStd);
    }
}
