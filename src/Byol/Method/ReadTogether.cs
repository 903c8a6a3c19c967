using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>Reads all figures of a step from a GPU in one vector, after the optimizer and before the target. A read waits until the GPU has
/// done all earlier work, and the GPU then waits for more.</summary>
/// <remarks>So a step that is not finite is found after θ has changed; the target is unchanged.</remarks>
/// <param name="state">The networks.</param>
/// <param name="microBatches">How many the step has.</param>
internal sealed class ReadTogether(ByolState state, int microBatches) : IStepReadings
{
    private readonly List<Tensor> _parts = [];      // fp64, in the order of the calls
    private int _images, _dimensions;

    public void Losses(Tensor[] losses, ViewPair views)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _images = (int)views.First.shape[0];
        var loss = losses.Select(l => l.detach().view(1)).ToList();
        Keep(cat(loss, 0).sum(0, keepdim: true));       // [1]
        Keep(views.First.sum([1, 2, 3]));               // [B]: not finite where an image is not
        Keep(views.Second.sum([1, 2, 3]));
    }

    public void Projections(Tensor z1)
    {
        _dimensions = (int)z1.shape[1];
        using var sums = EmbeddingSpread.Sums(z1);      // [2,d]
        Keep(sums.view(-1));
    }

    public void Gradients() => KeepSum(state.Parameters.Gradients);

    public (double Loss, double EmbeddingStd) Weights()
    {
        KeepSum(state.Parameters.Values);
        ReadOnlySpan<double> read = Read();
        var (step, length, loss, spread) = (state.Step + 1, 1 + 2 * _images + 2 * _dimensions, 0.0, 0.0);
        for (var i = 0; i < microBatches; i++)
        {
            var own = read.Slice(i * length, length);
            double[] sums = [own[0], .. own[(1 + 2 * _images)..]], rows = own.Slice(1, 2 * _images).ToArray();
            state.Ranks.Sum(sums);
            var mean = sums[0] / state.Ranks.Count;
            Finite.RequireLoss(step, mean, i, state.Ranks, ("view v", () => Finite.Rows(rows.AsSpan(0, _images))),
                ("view v'", () => Finite.Rows(rows.AsSpan(_images))));
            loss += mean / microBatches;
            spread += EmbeddingSpread.OfSums(sums.AsSpan(1), (double)_images * state.Ranks.Count) * Math.Sqrt(_dimensions) / microBatches;
        }
        if (!double.IsFinite(read[^2])) Finite.Require(step, "gradient of", state.Parameters, state.Parameters.Gradients);
        if (!double.IsFinite(read[^1])) Finite.Require(step, "weight", state.Parameters, state.Parameters.Values);
        return (loss, spread);
    }

    private double[] Read()
    {
        using var scope = NewDisposeScope();
        var all = cat(_parts, 0).cpu().data<double>().ToArray();
        _parts.ForEach(p => p.Dispose());
        _parts.Clear();
        return all;
    }

    private void KeepSum(Tensor buffer)
    {
        using var _ = no_grad();
        using var sum = buffer.sum(0, keepdim: true);
        Keep(sum);
    }

    private void Keep(Tensor part) => _parts.Add(part.to(ScalarType.Float64, copy: true).DetachFromDisposeScope());
}
