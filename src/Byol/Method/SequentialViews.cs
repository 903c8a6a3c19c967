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
        var (q1, y1) = state.Online.PredictAndRepresent(views.First);      // [B,d], [B,D]
        var (q2, y2) = state.Online.PredictAndRepresent(views.Second);
        return new Comparison([ByolLoss.Symmetric(q1, z2, q2, z1)], y1, y2);
    }

    public void Backward(Tensor[] losses, double weight)
    {
        using Scalar share = weight;
        losses[0].view(1).mul(share).sum().backward();      // [1]: see ByolLoss
    }

    public void End()
    {
    }
}
