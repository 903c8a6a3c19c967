using Byol.Embeddings;
using static TorchSharp.torch;

namespace Byol.Tests.Embeddings;

/// <summary>Groups and outliers among embeddings whose angles are known.</summary>
public sealed class DuplicatesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // 4° is between 0° and 8°, which are no near-duplicates: it goes with one of them.
    [Fact]
    public void Images_at_small_angles_make_groups_and_chains_are_cut()
    {
        using var bank = AtDegrees(0, 90, 4, 93, 8.5, 180, 270);
        var groups = Duplicates.Groups(bank, Math.Cos(5 * Math.PI / 180), Stop);
        Assert.Equal(2, groups.Count);
        Assert.Equal([0, 2], groups[0].Members);
        Assert.Equal([1, 3], groups[1].Members);
        Assert.All(groups[0].Similarities, s => Assert.Equal(Math.Cos(4 * Math.PI / 180), s, 1e-5));
        Assert.All(groups[1].Similarities, s => Assert.Equal(Math.Cos(3 * Math.PI / 180), s, 1e-5));
        Assert.Empty(Duplicates.Groups(bank, Math.Cos(2 * Math.PI / 180), Stop));
    }

    // The same images seen by an encoder that lays everything within a few degrees: the threshold follows, and finds the same pairs.
    [Fact]
    public void The_threshold_is_relative_to_how_close_all_images_are()
    {
        using var scope = NewDisposeScope();
        var wide = NeighborsTests.Random(200, 16, 1);
        wide.narrow(0, 100, 100).copy_(wide.narrow(0, 0, 100) + 0.01f * NeighborsTests.Random(100, 16, 2));
        var narrow = wide + 10 * NeighborsTests.Random(1, 16, 3);
        foreach (var rows in (Tensor[])[wide, narrow])
        {
            var bank = nn.functional.normalize(rows, p: 2, dim: 1);
            var groups = Duplicates.Groups(bank, Duplicates.Threshold(bank), Stop);
            Assert.Equal(100, groups.Count(g => g.Members.Count == 2 && g.Members[1] == g.Members[0] + 100));
        }
        Assert.InRange(Duplicates.Threshold(nn.functional.normalize(wide, p: 2, dim: 1)), 0.94, 0.96);
    }

    // 3000 images are three blocks, each looked at in parts: copies are found across them.
    [Fact]
    public void Copies_are_found_across_blocks()
    {
        using var scope = NewDisposeScope();
        var half = NeighborsTests.Random(1500, 32, 1);
        var groups = Duplicates.Groups(cat([half, half], 0), 0.9999, Stop);
        Assert.Equal(1500, groups.Count);
        Assert.All(groups, g => Assert.Equal(g.Members[0] + 1500, g.Members[1]));
    }

    // Their cosine is undefined, and counts as 0 even of an image with itself.
    [Fact]
    public void Embeddings_of_zeros_are_no_duplicates_of_one_another()
    {
        using var bank = zeros(3, 2);
        Assert.Empty(Duplicates.Groups(bank, 0.99, Stop));
    }

    [Fact]
    public void Where_all_images_are_alike_they_are_one_group()
    {
        using var bank = AtDegrees([.. Enumerable.Repeat(30.0, 1500)]);
        Assert.Equal(1500, Assert.Single(Duplicates.Groups(bank, 0.99, Stop)).Members.Count);
    }

    [Fact]
    public void The_image_that_points_elsewhere_is_the_first_outlier()
    {
        using var bank = AtDegrees(0, 1, 2, 3, 120);
        var outliers = Duplicates.Outliers(Neighbors.Others(bank, 2, Stop));
        Assert.Equal(5, outliers.Count);
        Assert.Equal(4, outliers[0].Index);
        Assert.Equal(1 - (Math.Cos(117 * Math.PI / 180) + Math.Cos(118 * Math.PI / 180)) / 2, outliers[0].Distance, 1e-5);
    }

    private static Tensor AtDegrees(params double[] degrees)
    {
        var values = degrees.SelectMany(d => new[] { (float)Math.Cos(d * Math.PI / 180), (float)Math.Sin(d * Math.PI / 180) }).ToArray();
        return tensor(values).reshape(degrees.Length, 2);
    }
}
