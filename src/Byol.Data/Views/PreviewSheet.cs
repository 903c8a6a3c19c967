using System.Globalization;
using Byol.Data.Images;
using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>A sheet of images with their views beside each, to be looked at.</summary>
internal sealed class PreviewSheet
{
    private const int Margin = 4, Gap = 16, ImagesPerRow = 2, Top = PixelText.Height + 2 * Margin;
    private static readonly Color Ink = new(60, 60, 60), Orange = new(217, 95, 2), Blue = new(31, 95, 168);
    private static readonly (string Word, Color Color)[] Columns = [("image", Ink), ("v", Orange), ("v'", Blue), ("evaluation", Ink)];

    private readonly byte[] _pixels;
    private readonly int _width, _tile;

    private readonly record struct Color(byte Red, byte Green, byte Blue);

    private PreviewSheet(int width, int height, int tile)
    {
        (_width, _tile, _pixels) = (width, tile, new byte[width * height * Image8.Channels]);
        _pixels.AsSpan().Fill(255);
    }

    /// <summary>Draws rows of two images: the whole image with the parts that its views are cut from, then v, v' and the view of
    /// evaluation, a gap, and the same of the next.</summary>
    /// <param name="images">The images.</param>
    /// <param name="plans">The plans of both views, in the images' order.</param>
    /// <param name="options">What views are made of.</param>
    /// <param name="tile">Side of each picture on the sheet in pixels; small views are enlarged to it.</param>
    /// <param name="epoch">Stands above the views, where there is room.</param>
    public static Image8 Draw(
        IReadOnlyList<Image8> images, IReadOnlyList<(ViewPlan First, ViewPlan Second)> plans, ViewOptions options, int tile, int? epoch = null)
    {
        var cell = tile + Margin;
        var group = Columns.Length * cell + Gap;
        var (width, height) = (ImagesPerRow * group - Gap + Margin, Top + (images.Count + ImagesPerRow - 1) / ImagesPerRow * cell);
        var sheet = new PreviewSheet(width, height, tile);
        var renderer = new ViewRenderer(options);
        var view = new float[options.ImageSize * options.ImageSize * 3];
        for (var i = 0; i < Math.Min(ImagesPerRow, images.Count); i++) sheet.Headings(Margin + i * group, cell, epoch);
        for (var i = 0; i < images.Count; i++)
        {
            var (left, top) = (Margin + i % ImagesPerRow * group, Top + i / ImagesPerRow * cell);
            sheet.Place(images[i], left, top);
            sheet.Outline(images[i], plans[i].First.Crop, left, top, Orange);
            sheet.Outline(images[i], plans[i].Second.Crop, left, top, Blue);
            var evaluated = ViewSampler.Center(options, images[i].SourceWidth, images[i].SourceHeight);
            foreach (var (v, plan) in new[] { plans[i].First, plans[i].Second, evaluated }.Index())
            {
                renderer.RenderColors(images[i], plan, view);
                sheet.Place(ToImage(view, options.ImageSize), left + (v + 1) * cell, top);
            }
        }
        return new Image8(sheet._pixels, width, height);
    }

    private void Headings(int left, int cell, int? epoch)
    {
        foreach (var (column, (name, color)) in Columns.Index())
        {
            var whole = epoch is not null && name[0] == 'v' ? string.Create(CultureInfo.InvariantCulture, $"{name} epoch {epoch}") : name;
            var word = PixelText.Length(whole) <= _tile ? whole : name;
            if (PixelText.Length(word) <= _tile)
                PixelText.Draw(word, left + column * cell + (_tile - PixelText.Length(word)) / 2, Margin, (x, y) => Set(x, y, color));
        }
    }

    private void Place(Image8 image, int left, int top)
    {
        var square = new float[_tile * _tile * 3];
        square.AsSpan().Fill(1);
        new ResizedCrop(_tile, Interpolation.Bilinear).Apply(
            image.Pixels.Span, image.Width, new Rectangle(0, 0, image.Width, image.Height), Whole(image), square);
        var pixels = ToImage(square, _tile).Pixels.Span;
        for (var y = 0; y < _tile; y++) pixels.Slice(y * _tile * 3, _tile * 3).CopyTo(_pixels.AsSpan(((top + y) * _width + left) * 3));
    }

    // Where a view is cut from, on the tile of the whole image.
    private void Outline(Image8 image, CropBox crop, int left, int top, Color color)
    {
        var window = Whole(image);
        var x1 = left + window.X + Scaled(crop.X, image.SourceWidth, window.Width);
        var y1 = top + window.Y + Scaled(crop.Y, image.SourceHeight, window.Height);
        var x2 = left + window.X + Math.Max(1, Scaled(crop.X + crop.Width, image.SourceWidth, window.Width)) - 1;
        var y2 = top + window.Y + Math.Max(1, Scaled(crop.Y + crop.Height, image.SourceHeight, window.Height)) - 1;
        for (var x = x1; x <= x2; x++)
        {
            Set(x, y1, color);
            Set(x, y2, color);
        }
        for (var y = y1; y <= y2; y++)
        {
            Set(x1, y, color);
            Set(x2, y, color);
        }

        static int Scaled(int place, int source, int target) => (int)Math.Round((double)place * target / source);
    }

    private Window Whole(Image8 image) => Window.Containing(_tile, image.SourceWidth, image.SourceHeight);

    private void Set(int x, int y, Color color)
    {
        var pixel = _pixels.AsSpan((y * _width + x) * 3, 3);
        (pixel[0], pixel[1], pixel[2]) = (color.Red, color.Green, color.Blue);
    }

    private static Image8 ToImage(float[] view, int size) => new(view.Select(v => (byte)MathF.Round(v * 255)).ToArray(), size, size);
}
