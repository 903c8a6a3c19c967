using Byol.Tests.Interop;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>Whether the validation images are those that are trained on is a question of the images: two datasets may have one name.</summary>
public sealed class OnlineEvaluationTests
{
    [Theory]
    [InlineData(64, 1, false)]      // the same images, opened twice
    [InlineData(64, 2, true)]
    [InlineData(32, 1, true)]
    public void A_probe_learns_unless_the_validation_images_are_those_trained_on(int count, int seed, bool learns)
    {
        using var evaluation = new OnlineEvaluation(TinyRun.Recipe, new PatternImages(64), new PatternImages(count, seed: seed), CPU);
        Assert.Equal(learns, evaluation.Probe is not null);
    }

    [Theory]
    [InlineData("CUDA error: an illegal memory access was encountered", true)]
    [InlineData("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", true)]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("expected scalar type Float but found Double", false)]
    public void A_GPU_that_failed_is_never_a_warning(string error, bool ends)
    {
        using var evaluation = new OnlineEvaluation(TinyRun.Recipe, new PatternImages(64), null, CPU);
        using var encoder = new Broken(error);
        var warnings = new List<string>();
        if (ends) Assert.Throws<LibtorchError>(() => evaluation.Diagnose(encoder, warnings.Add, CancellationToken.None));
        else Assert.Null(evaluation.Diagnose(encoder, warnings.Add, CancellationToken.None));
        Assert.Equal(ends ? 0 : 1, warnings.Count);
    }

    private sealed class Broken(string error) : nn.Module<Tensor, Tensor>(nameof(Broken))
    {
        public override Tensor forward(Tensor input) => throw new LibtorchError(error);
    }
}
