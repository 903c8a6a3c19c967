using Byol.Data.Images;
using Byol.Runs;

namespace Byol.TensorBoard;

/// <summary>Small images in rows on one square sheet, as TensorBoard's projector cuts them out again: the first row first.</summary>
internal static class SpriteSheet
{
    private const int LargestTile = 64, LargestSide = 3200;     // browsers hold textures of 4,096

    /// <summary>Draws them, each whole on white; one that cannot be read leaves its place white.</summary>
    /// <param name="images">The images.</param>
    /// <returns>The sheet, and the side of an image on it.</returns>
    public static (Image8 Sheet, int Tile) Draw(SnapshotThumbnails images)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(images.Count));
        var tile = Math.Min(LargestTile, LargestSide / columns);
        var side = columns * tile;
        var pixels = new byte[side * side * Image8.Channels];
        pixels.AsSpan().Fill(255);
        for (var i = 0; i < images.Count; i++)
        {
            if (Read(images[i]) is { } image) Place(image, i % columns * tile, i / columns * tile);
        }
        return (new Image8(pixels, side, side), tile);

        void Place(Image8 image, int left, int top)
        {
            var scale = Math.Min(1, (double)tile / Math.Max(image.Width, image.Height));
            var small = Shrink.Resize(image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
            var row = small.Width * Image8.Channels;
            for (var y = 0; y < small.Height; y++)
            {
                var start = ((top + (tile - small.Height) / 2 + y) * side + left + (tile - small.Width) / 2) * Image8.Channels;
                small.Pixels.Span.Slice(y * row, row).CopyTo(pixels.AsSpan(start));
            }
        }
    }

    private static Image8? Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            return file.IsEmpty ? null : ImageDecoder.Decode(file, "a thumbnail");
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
