using Byol.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>Point 4: identical 0, orthogonal 4, opposite 8; blind to scale; symmetric; q1 with z2 and q2 with z1; a zero vector is no
/// NaN.</summary>
public sealed class ByolLossTests
{
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 4)]
    [InlineData(-1, 0, 8)]
    [InlineData(0.5, 0.8660254, 2)]
    [InlineData(-0.6, 0.8, 6.4)]
    public void The_loss_is_that_of_the_angle(float x, float y, double expected)
    {
        using var scope = NewDisposeScope();
        var q = tensor(new float[] { 1, 0, 1, 0, 1, 0 }).reshape(3, 2);
        var z = tensor(new[] { x, y, x, y, x, y }).reshape(3, 2);
        Assert.Equal(expected, Loss(q, z, q, z), 1e-5);
    }

    [Theory]
    [InlineData(1e-6, 1)]
    [InlineData(1, 1e6)]
    [InlineData(1e4, 1e-4)]
    public void A_positive_scale_changes_nothing(double scaleQ, double scaleZ)
    {
        using var scope = NewDisposeScope();
        var (q1, z2, q2, z1) = (Drawn(1), Drawn(2), Drawn(3), Drawn(4));
        Assert.Equal(Loss(q1, z2, q2, z1), Loss(q1 * scaleQ, z2 * scaleZ, q2 * scaleQ, z1 * scaleZ), 1e-5);
    }

    [Fact]
    public void Swapping_the_views_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var (q1, z2, q2, z1) = (Drawn(1), Drawn(2), Drawn(3), Drawn(4));
        Assert.Equal(Loss(q1, z2, q2, z1), Loss(q2, z1, q1, z2), 1e-6);
    }

    [Fact]
    public void Each_prediction_is_paired_with_the_other_views_projection()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Drawn(1), Drawn(2));
        Assert.Equal(0, Loss(q1: a, z2: a, q2: b, z1: b), 1e-5);
        Assert.True(Loss(q1: a, z2: b, q2: b, z1: a) > 1);
    }

    [Fact]
    public void The_batch_is_averaged()
    {
        using var scope = NewDisposeScope();
        var (q, z) = (Drawn(1), Drawn(2));
        var each = Enumerable.Range(0, 6).Average(i => Loss(q.narrow(0, i, 1), z.narrow(0, i, 1), q.narrow(0, i, 1), z.narrow(0, i, 1)));
        Assert.Equal(each, Loss(q, z, q, z), 1e-5);
    }

    [Fact]
    public void A_zero_vector_gives_no_nan_in_loss_or_gradient()
    {
        using var scope = NewDisposeScope();
        var q = Drawn(1);
        q[0].zero_();
        q.requires_grad = true;
        var z = Drawn(2);
        z[1].zero_();

        var loss = ByolLoss.Symmetric(q, z, q, z);
        loss.backward();

        Assert.True(float.IsFinite(loss.item<float>()));
        Assert.All(TensorAssert.Floats(q.grad!), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void Half_precision_inputs_give_a_loss_in_single_precision()
    {
        using var scope = NewDisposeScope();
        var (q, z) = (Drawn(1).to(ScalarType.BFloat16), Drawn(2).to(ScalarType.BFloat16));
        var loss = ByolLoss.Symmetric(q, z, q, z);
        Assert.Equal(ScalarType.Float32, loss.dtype);
        var (fullQ, fullZ) = (q.to(ScalarType.Float32), z.to(ScalarType.Float32));
        Assert.Equal(Loss(fullQ, fullZ, fullQ, fullZ), loss.item<float>(), 1e-5);
    }

    private static double Loss(Tensor q1, Tensor z2, Tensor q2, Tensor z1) => ByolLoss.Symmetric(q1, z2, q2, z1).item<float>();

    private static Tensor Drawn(int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn([6, 5], generator: random);
    }
}
