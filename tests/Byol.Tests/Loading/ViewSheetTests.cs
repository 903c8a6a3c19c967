using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Loading;

public sealed class ViewSheetTests
{
    private static readonly ViewOptions Views = new() { ImageSize = 16 };

    [Fact]
    public void It_shows_images_and_says_how_their_views_were_made()
    {
        var data = new PatternImages(20);
        var sheet = ViewSheet.Draw(data, Views, seed: 1, [3, 17], epoch: 2, tile: 32);
        var picture = ImageDecoder.Decode(sheet.Png.ToArray(), "sheet.png");
        Assert.True(picture.Width > 8 * 32 && picture.Height is > 32 and < 64);
        var image = data.Read(17, new ImageBuffer());
        var plan = new ViewSampler(Views, 1).Sample(image.SourceWidth, image.SourceHeight, 2, 17, view: 1);
        Assert.Equal(2, sheet.Plans.Count);
        Assert.StartsWith($"{data.ItemName(17)}\n  v   ", sheet.Plans[1], StringComparison.Ordinal);
        var seen = ViewSampler.Center(Views, image.SourceWidth, image.SourceHeight);
        Assert.EndsWith($"\n  v'  {plan}\n  evaluation  {seen}", sheet.Plans[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, new[] { 0, 5, 10, 15 })]
    [InlineData(3, new[] { 0, 6, 13 })]
    [InlineData(100, null)]
    public void Images_are_spread_evenly(int count, int[]? expected) =>
        Assert.Equal(expected ?? Enumerable.Range(0, 20), ViewSheet.Spread(new PatternImages(20), count));
}
