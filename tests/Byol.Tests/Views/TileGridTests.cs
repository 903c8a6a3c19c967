using Byol.Data.Views;
using CsCheck;

namespace Byol.Tests.Views;

public sealed class TileGridTests
{
    [Theory]
    [InlineData(1, 500, 200, 1, 1)]
    [InlineData(4, 400, 400, 2, 2)]
    [InlineData(4, 200, 800, 1, 4)]
    [InlineData(4, 900, 200, 4, 1)]
    [InlineData(6, 600, 400, 3, 2)]
    [InlineData(9, 2000, 1900, 3, 3)]
    [InlineData(5, 300, 300, 1, 5)]
    public void Tiles_are_as_square_as_their_number_allows(int count, int width, int height, int columns, int rows)
    {
        var tiles = TileGrid.Of(count, width, height);
        Assert.Equal((columns, rows), (tiles.Select(t => t.X).Distinct().Count(), tiles.Select(t => t.Y).Distinct().Count()));
        Assert.Equal(count, tiles.Length);
    }

    [Fact]
    public void They_cover_every_pixel_once() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[40, 90], Gen.Int[40, 90]).Sample((count, width, height) =>
        {
            var seen = new int[width * height];
            foreach (var tile in TileGrid.Of(count, width, height))
            {
                for (var y = tile.Y; y < tile.Y + tile.Height; y++)
                    for (var x = tile.X; x < tile.X + tile.Width; x++) seen[y * width + x]++;
            }
            return seen.All(times => times == 1);
        });

    [Fact]
    public void They_lie_within_images_of_any_size() =>
        Gen.Select(Gen.Int[1, TileGrid.Most], Gen.Int[1, 300], Gen.Int[1, 300]).Sample((count, width, height) =>
            TileGrid.Of(count, width, height).All(t => t is { X: >= 0, Y: >= 0, Width: >= 1, Height: >= 1 }
                && t.X + t.Width <= width && t.Y + t.Height <= height));
}
