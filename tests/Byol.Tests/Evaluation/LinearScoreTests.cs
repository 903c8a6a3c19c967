using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class LinearScoreTests
{
    // Two clouds, far apart or the same, with three times as many of one class.
    private static FeatureBank Clouds(int count, double distance, ulong seed)
    {
        using var generator = new Generator(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 4 == 0 ? 1 : 0)];
        using var scope = NewDisposeScope();
        var noise = randn(count, 8, generator: generator);
        var shift = tensor(labels.Select(l => (float)(l * distance)).ToArray()).reshape(count, 1);
        return new FeatureBank(noise.add(shift).DetachFromDisposeScope(), labels, ["a", "b"]);
    }

    [Theory]
    [InlineData(6.0, 1.0, 1.0)]
    [InlineData(0.0, 0.3, 0.7)]     // nothing to learn: half of the classes, however unequal they are
    public void Cross_validated_it_finds_what_is_there_and_no_more(double distance, double least, double most)
    {
        using var bank = Clouds(200, distance, 1);
        Assert.InRange(LinearScore.CrossValidated(bank, 1, _ => { }), least, most);
    }

    [Fact]
    public void It_classifies_others()
    {
        using var labeled = Clouds(120, 6, 1);
        using var queries = Clouds(80, 6, 2);
        Assert.Equal(1.0, LinearScore.Of(labeled, queries, 1, Assert.Fail));
    }

    [Fact]
    public void A_class_of_one_image_is_a_class_that_a_fold_does_not_know()
    {
        using var many = Clouds(40, 6, 1);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i == 0 ? 2 : many.Labels[i])];
        using var bank = new FeatureBank(many.Features.alias(), labels, ["a", "b", "c"]);
        Assert.InRange(LinearScore.CrossValidated(bank, 1, _ => { }), 0.6, 0.7);      // two of three classes
    }
}
