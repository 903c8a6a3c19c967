using Byol.Data.Images;
using Byol.Evaluation;

namespace Byol.Tests.Evaluation;

public sealed class NearDuplicatesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // A brighter copy and one with a little noise are the same thing again; other noise is not.
    [Fact]
    public void A_thing_photographed_again_is_found_whatever_its_brightness()
    {
        Image8[] images =
        [
            Made.Image(40, 1), Made.Image(40, 2), Changed(Made.Image(40, 1), p => p / 2 + 60), Made.Image(40, 3),
            Changed(Made.Image(40, 3), p => Math.Min(255, p + p % 7)), Made.Image(40, 4),
        ];
        Assert.Equal([0, 1, 0, 3, 3, 5], NearDuplicates.Groups(new MemoryDataset(images, []), Stop));
    }

    [Fact]
    public void Images_of_one_color_have_nothing_to_be_compared_by()
    {
        Image8[] images = [.. Enumerable.Repeat(Changed(Made.Image(8, 1), _ => 128), 3), Made.Image(8, 1)];
        Assert.Equal([0, 1, 2, 3], NearDuplicates.Groups(new MemoryDataset(images, []), Stop));
    }

    // 792 photographs of tiles, most of them of a tile in several exposures; single link at a fixed cosine made a chain of 146.
    [Fact]
    public void Groups_of_tiles_are_small()
    {
        var folder = (Environment.GetEnvironmentVariable("BYOL_DATA") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(f => Path.Combine(f, "magnetic-tile")).FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(folder is null, "No folder of BYOL_DATA has magnetic-tile.");
        var groups = NearDuplicates.Groups(Byol.Data.Datasets.Images.Open(folder), Stop).CountBy(g => g).Select(g => g.Value).ToList();
        Assert.InRange(groups.Max(), 3, 20);
        Assert.InRange(groups.Count, 400, 700);
    }

    private static Image8 Changed(Image8 image, Func<int, int> change) =>
        image with { Pixels = image.Pixels.ToArray().Select(p => (byte)change(p)).ToArray() };
}
