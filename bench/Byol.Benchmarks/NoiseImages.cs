using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Benchmarks;

/// <summary>Images in memory, so that nothing but views is measured.</summary>
internal sealed class NoiseImages : IDataset
{
    private readonly Image8 _image;

    public NoiseImages(int count, int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(1).NextBytes(pixels);
        (Count, _image) = (count, new Image8(pixels, width, height));
    }

    public string Name => "noise";

    public int Count { get; }

    public IReadOnlyList<string> Classes => [];

    public Image8 Read(int index, ImageBuffer buffer) => _image;

    public int? Label(int index) => null;

    public string ItemName(int index) => $"noise {index}";
}
