using Byol.Optim;
using Byol.Training;

namespace Byol.Tests.Training;

public sealed class ShortfallTests
{
    private static readonly Recipe Folder = RecipeFile.Open("folder");

    [Theory]
    [InlineData(399, false)]
    [InlineData(400, true)]
    public void With_Muon_and_a_coding_rate_steps_count(long steps, bool enough)
    {
        var found = new Shortfall(Folder, 530, beganWithEncoder: false).Of(steps);
        Assert.Equal(enough, found is null);
        if (!enough) Assert.StartsWith("399 steps are too few to learn much from random weights, which takes 400 or more; train longer", found);
    }

    [Fact]
    public void With_only_one_of_the_two_images_for_each_weight_count()
    {
        Recipe[] others =
        [
            Folder with { Optimizer = Folder.Optimizer with { Kind = OptimizerKind.Sgd } },
            Folder with { Method = Folder.Method with { CodingRateWeight = 0 } },
        ];
        Assert.All(others, r => Assert.Contains("51,200 images", new Shortfall(r, 530, beganWithEncoder: false).Of(800)));
    }

    [Fact]
    public void What_began_with_an_encoder_needs_epochs() =>
        Assert.Contains("(6 epochs) are too few to continue", new Shortfall(Folder, 530, beganWithEncoder: true).Of(48));
}
