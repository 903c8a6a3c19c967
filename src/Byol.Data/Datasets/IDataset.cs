using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images in a fixed order, some with a label. Every member may be called from several threads at once.</summary>
/// <remarks>
/// The image and its label are read by separate calls: pretraining reads images only, so no label can reach it.
/// </remarks>
public interface IDataset
{
    /// <summary>The name in messages, for instance <c>cifar10:train</c> or a path.</summary>
    string Name { get; }

    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Class names in label order; empty when the images have no labels.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Decodes one image.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <param name="buffer">The calling thread's memory, and how much smaller the image may be decoded. The image is valid until the next
    /// read into it.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image that can be read; the message names it.</exception>
    Image8 Read(int index, ImageBuffer buffer);

    /// <summary>The class index of one image, or null if it has none.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    int? Label(int index);

    /// <summary>The name of one image: its path, or its key inside an archive.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    string ItemName(int index);
}

/// <summary>Other ways to read a dataset.</summary>
public static class DatasetReading
{
    /// <summary>Decodes one image, whole, into its own memory.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> − 1.</param>
    /// <exception cref="InvalidDataException">The bytes are not an image that can be read; the message names it.</exception>
    public static Image8 Read(this IDataset dataset, int index) => dataset.Read(index, new ImageBuffer());

    /// <summary>How the files of a dataset become pixels: the options that it was opened with, with the measured depth.</summary>
    /// <param name="dataset">The images.</param>
    public static ImageOptions OpenedWith(this IDataset dataset) => DatasetDetails.Of(dataset).Options;

    /// <summary>The same images; small ones are decoded once and kept in memory.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="budget">Bytes to keep at most.</param>
    public static IDataset InMemory(this IDataset dataset, long budget) => new InMemoryCache(dataset, budget);

    /// <summary>A range of images as a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="name">The name of the part in messages.</param>
    /// <param name="start">Its first image.</param>
    /// <param name="count">How many images it has.</param>
    public static IDataset Part(this IDataset dataset, string name, int start, int count) => new Subset(name, dataset, start, count);
}
