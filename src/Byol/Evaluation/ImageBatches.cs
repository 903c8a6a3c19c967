using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>One view of each of some images, as the encoder's input:
/// center views to evaluate, random crops to train a classifier.</summary>
/// <remarks>Rendering ends before the encoder begins: no other thread allocates while libtorch works.</remarks>
internal sealed class ImageBatches(IDataset dataset, ViewOptions views, Device device, ScalarType type) : IDisposable
{
    private readonly ThreadLocal<Reader> _readers = new(() => new Reader(views));
    private float[] _pixels = [];

    private delegate ViewPlan Draw(int width, int height, int index);

    /// <summary>The distribution of crops and flips without any change of color:
    /// what classifiers are trained on in the paper (appendix C).</summary>
    public static ViewOptions CropAndFlip(ViewOptions views) =>
        views with { JitterProbability = 0, GrayscaleProbability = 0, BlurProbability = new(0, 0), SolarizeProbability = new(0, 0) };

    /// <summary>Center views.</summary>
    /// <returns>[B,3,S,S]; the caller's dispose scope owns it.</returns>
    public Tensor Center(ReadOnlySpan<int> indices) =>
        Render(indices.ToArray(), (width, height, _) => ViewSampler.Center(views, width, height));

    /// <summary>Views as the sampler draws them in an epoch.</summary>
    /// <returns>[B,3,S,S]; the caller's dispose scope owns it.</returns>
    public Tensor Drawn(ReadOnlySpan<int> indices, ViewSampler sampler, int epoch, int view = 0) =>
        Render(indices.ToArray(), (width, height, index) => sampler.Sample(width, height, epoch, index, view));

    private Tensor Render(int[] indices, Draw draw)
    {
        var length = views.ImageSize * views.ImageSize * 3;
        if (_pixels.Length < indices.Length * length) _pixels = new float[indices.Length * length];
        try
        {
            Parallel.For(0, indices.Length, i => _readers.Value!.Render(dataset, indices[i], draw, _pixels.AsSpan(i * length, length)));
        }
        catch (AggregateException e) when (e.GetBaseException() is InvalidDataException unreadable)
        {
            throw new InvalidDataException(unreadable.Message, e);
        }
        return ViewTensors.From(_pixels, indices.Length, views.ImageSize, device, type);
    }

    public void Dispose() => _readers.Dispose();

    /// <summary>One thread's memory and renderer. The buffer asks how small the image may come once its size is known,
    /// and so its plan.</summary>
    private sealed class Reader
    {
        private readonly ViewRenderer _renderer;
        private readonly ImageBuffer _buffer;
        private (int Index, Draw Draw) _wanted;

        public Reader(ViewOptions views)
        {
            _renderer = new ViewRenderer(views);
            _buffer = new ImageBuffer((width, height) => _wanted.Draw(width, height, _wanted.Index).Crop.Reduction(views.ImageSize));
        }

        public void Render(IDataset dataset, int index, Draw draw, Span<float> view)
        {
            _wanted = (index, draw);
            var image = dataset.Read(index, _buffer);
            _renderer.Render(image, draw(image.SourceWidth, image.SourceHeight, index), view);
        }
    }
}
