using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>Each figure is read as soon as it is there: on a processor that costs nothing, and ends a bad step before a weight has
/// moved.</summary>
/// <param name="state">The networks.</param>
/// <param name="microBatches">How many the step has.</param>
internal sealed class ReadAtOnce(ByolState state, int microBatches) : IStepReadings
{
    private double _loss, _embeddingStd;
    private int _seen;

    public void Losses(Tensor[] losses, ViewPair views)
    {
        var loss = state.Ranks.Mean(losses.Sum(Value));
        Finite.RequireLoss(state.Step + 1, loss, _seen++, state.Ranks,
            ("view v", () => Finite.Rows(views.First)), ("view v'", () => Finite.Rows(views.Second)));
        _loss += loss / microBatches;
    }

    public void Projections(Tensor z1) =>
        _embeddingStd += EmbeddingSpread.StandardDeviation(z1, state.Ranks) * Math.Sqrt(z1.shape[1]) / microBatches;

    public void Gradients() => Finite.Require(state.Step + 1, "gradient of", state.Parameters, state.Parameters.Gradients);

    public (double Loss, double EmbeddingStd) Weights()
    {
        Finite.Require(state.Step + 1, "weight", state.Parameters, state.Parameters.Values);
        return (_loss, _embeddingStd);
    }

    private static double Value(Tensor loss) => loss.to(ScalarType.Float64).cpu().data<double>()[0];
}
