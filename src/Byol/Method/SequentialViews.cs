using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>One view after the other through the same networks, each operation by all of libtorch's threads; one backward pass for both.
/// It suits every encoder and every device.</summary>
/// <param name="state">The networks.</param>
internal sealed class SequentialViews(ByolState state) : ITwoViews
{
    public int FirstThreads => get_num_threads();

    public void Begin()
    {
    }

    public (Tensor Z1, Tensor Z2) Project(ViewPair views) => (state.Target.Project(views.First), state.Target.Project(views.Second));

    public Comparison Compare(ViewPair views, Tensor z1, Tensor z2)
    {
        var (q1, p1, y1) = state.Online.Outputs(views.First);      // [B,d], [B,d], [B,D]
        var (q2, p2, y2) = state.Online.Outputs(views.Second);
        var loss = ByolLoss.Symmetric(q1, z2, q2, z1);
        var objective = CodingRate.SubtractFrom(loss, state.CodingRateWeight, state.Ranks, p1, p2);
        return new Comparison([loss], [objective], y1, y2);
    }

    public void Backward(Tensor[] objectives, double weight)
    {
        using Scalar share = weight;
        objectives[0].view(1).mul(share).sum().backward();      // [1]: see ByolLoss
    }

    public void End()
    {
    }

    public void Both(Action here, Action there)
    {
        here();
        there();
    }
}
