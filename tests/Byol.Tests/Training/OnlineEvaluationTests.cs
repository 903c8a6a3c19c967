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
}
