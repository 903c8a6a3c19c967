
using Byol.Encoders;

namespace Byol.Tests.Embeddings;

/// <summary>An encoder whose embedding of an image is its mean red and its mean green, which can be told by hand.</summary>
internal sealed class FakeEncoder(int imageSize = 8) : IImageEncoder
{
    private int _seen;

    public List<int> Batches { get; } = [];

    /// <summary>Which of the images that come has a value that is not finite; none by default.</summary>
    public (int Image, float Value) Fault { get; init; } = (-1, 0);

    public string Name => "means";

    public int Dimension => 2;

    public Preprocessing Preprocessing { get; } = new(imageSize, 1, [0, 0, 0], [1, 1, 1]);

    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Batches.Add(count);
        var pixels = imageSize * imageSize;
        for (var i = 0; i < count * 2; i++)
        {
            var sum = 0f;
            for (var p = 0; p < pixels; p++) sum += images[(i / 2 * pixels + p) * 3 + i % 2];
            embeddings[i] = _seen + i / 2 == Fault.Image ? Fault.Value : sum / pixels;
        }
        _seen += count;
    }

    public void Dispose()
    {
    }
}
