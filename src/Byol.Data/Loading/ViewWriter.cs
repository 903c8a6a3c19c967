using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>One thread's part of loading: reads an image and writes its two views into a batch.
/// Once warm it allocates nothing large.</summary>
internal sealed class ViewWriter
{
    private readonly ReadableImages _images;
    private readonly ViewSampler _sampler;
    private readonly ViewRenderer _renderer;
    private readonly ImageBuffer _buffer;
    private int _epoch, _index;

    public ViewWriter(ReadableImages images, ViewOptions views, ViewSampler sampler)
    {
        (_images, _sampler, _renderer) = (images, sampler, new ViewRenderer(views));
        // As small as it may come, with neither view enlarged because of it.
        _buffer = new ImageBuffer((width, height) =>
        {
            var (first, second) = Plans(width, height);
            return Math.Min(first.Reduction(views.ImageSize), second.Reduction(views.ImageSize));
        });
    }

    /// <summary>Writes v and v' of one image.</summary>
    /// <param name="batch">Knows the image and its epoch.</param>
    /// <param name="place">The image's place in the batch.</param>
    public void Write(ViewBatch batch, int place)
    {
        (_epoch, _index) = (batch.Epoch, batch.Indices[place]);
        var image = _images.Read(_index, _buffer, batch);
        var (first, second) = Plans(image.SourceWidth, image.SourceHeight);
        _renderer.Render(image, first, batch.First.AsSpan(place * batch.ViewLength, batch.ViewLength));
        _renderer.Render(image, second, batch.Second.AsSpan(place * batch.ViewLength, batch.ViewLength));
    }

    private (ViewPlan First, ViewPlan Second) Plans(int width, int height) =>
        (_sampler.Sample(width, height, _epoch, _index, 0), _sampler.Sample(width, height, _epoch, _index, 1));
}
