using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>A picture of some images with both their views, as training will see them, and the view of evaluation.</summary>
public sealed class ViewSheet
{
    private ViewSheet(byte[] png, IReadOnlyList<string> plans) => (Png, Plans) = (png, plans);

    /// <summary>The picture, a PNG: each whole image, its views v and v', and its view in evaluation.</summary>
    public ReadOnlyMemory<byte> Png { get; }

    /// <summary>The name of each image, and how its views were made.</summary>
    public IReadOnlyList<string> Plans { get; }

    /// <summary>Draws the sheet. Images that cannot be read are skipped, as in training.</summary>
    /// <param name="data">The images.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="seed">Seeds the views.</param>
    /// <param name="indices">Which images.</param>
    /// <param name="epoch">The pass over the data whose views to show, from 0.</param>
    /// <param name="tile">Side of each picture on the sheet in pixels.</param>
    /// <exception cref="InvalidDataException">None of the images can be read.</exception>
    public static ViewSheet Draw(IDataset data, ViewOptions views, ulong seed, IEnumerable<int> indices, int epoch, int tile)
    {
        var sampler = new ViewSampler(views, seed);
        var readable = Readable(data, indices);
        var plans = readable.ConvertAll(i => (First: Plan(i, 0), Second: Plan(i, 1)));
        return new ViewSheet(
            PngMark.Put(ImageEncoder.Png(PreviewSheet.Draw(readable.ConvertAll(i => i.Image), plans, views, tile, epoch))),
            [.. readable.Zip(plans, (i, plan) => string.Join("\n  ",
                data.ItemName(i.Index), $"v   {plan.First}", $"v'  {plan.Second}", $"evaluation  {Center(i.Image)}"))]);

        ViewPlan Center(Image8 image) => ViewSampler.Center(views, image.SourceWidth, image.SourceHeight);

        ViewPlan Plan((int Index, Image8 Image) i, int view) =>
            sampler.Sample(i.Image.SourceWidth, i.Image.SourceHeight, epoch, i.Index, view);
    }

    /// <summary>Indices of images, spread evenly over the data.</summary>
    /// <param name="data">The images.</param>
    /// <param name="count">How many, or fewer if the data has fewer.</param>
    public static IEnumerable<int> Spread(IDataset data, int count) =>
        Enumerable.Range(0, Math.Min(count, data.Count)).Select(i => (int)((long)i * data.Count / Math.Min(count, data.Count)));

    private static List<(int Index, Image8 Image)> Readable(IDataset data, IEnumerable<int> indices)
    {
        var images = new List<(int, Image8)>();
        InvalidDataException? unreadable = null;
        foreach (var index in indices)
        {
            try
            {
                images.Add((index, data.Read(index)));
            }
            catch (InvalidDataException e)
            {
                unreadable = e;
            }
        }
        return images.Count > 0 || unreadable is null ? images : throw unreadable;
    }
}
