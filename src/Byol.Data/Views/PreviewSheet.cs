using Byol.Data.Images;
using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>A sheet of images with their views beside each, to be looked at.</summary>
internal static class PreviewSheet
{
    private const int Margin = 4, Gap = 16, ImagesPerRow = 2, Pictures = 4;

    /// <summary>Draws rows of two images: the whole image, v, v', the view of evaluation, a gap, and the same of the next.</summary>
    /// <param name="images">The images.</param>
    /// <param name="plans">The plans of both views, in the images' order.</param>
    /// <param name="options">What views are made of.</param>
    /// <param name="tile">Side of each picture on the sheet in pixels; small views are enlarged to it.</param>
    public static Image8 Draw(
        IReadOnlyList<Image8> images, IReadOnlyList<(ViewPlan First, ViewPlan Second)> plans, ViewOptions options, int tile)
    {
        var cell = tile + Margin;
        var group = Pictures * cell + Gap;
        var (width, height) = (ImagesPerRow * group - Gap + Margin, (images.Count + ImagesPerRow - 1) / ImagesPerRow * cell + Margin);
        var sheet = new byte[width * height * Image8.Channels];
        sheet.AsSpan().Fill(255);
        var renderer = new ViewRenderer(options);
        var view = new float[options.ImageSize * options.ImageSize * 3];
        for (var i = 0; i < images.Count; i++)
        {
            var (left, top) = (Margin + i % ImagesPerRow * group, Margin + i / ImagesPerRow * cell);
            Place(images[i], left, top);
            var evaluated = ViewSampler.Center(options, images[i].SourceWidth, images[i].SourceHeight);
            foreach (var (v, plan) in new[] { plans[i].First, plans[i].Second, evaluated }.Index())
            {
                renderer.RenderColors(images[i], plan, view);
                Place(ToImage(view, options.ImageSize), left + (v + 1) * cell, top);
            }
        }
        return new Image8(sheet, width, height);

        void Place(Image8 image, int left, int top)
        {
            var square = new float[tile * tile * 3];
            square.AsSpan().Fill(1);
            new ResizedCrop(tile, Interpolation.Bilinear).Apply(
                image.Pixels.Span, image.Width, new Rectangle(0, 0, image.Width, image.Height),
                Window.Containing(tile, image.SourceWidth, image.SourceHeight), square);
            var pixels = ToImage(square, tile).Pixels.Span;
            for (var y = 0; y < tile; y++) pixels.Slice(y * tile * 3, tile * 3).CopyTo(sheet.AsSpan(((top + y) * width + left) * 3));
        }
    }

    private static Image8 ToImage(float[] view, int size) => new(view.Select(v => (byte)MathF.Round(v * 255)).ToArray(), size, size);
}
