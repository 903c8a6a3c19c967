using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>What our own datasets know beyond images and labels.</summary>
internal interface IDatasetDetails
{
    /// <summary>What its user should know.</summary>
    DatasetNotes Notes => DatasetNotes.None;

    /// <summary>How its files become pixels.</summary>
    ImageOptions Options => DatasetDetails.Defaults;

    /// <summary>The length of one image's file in bytes, by which one that was replaced is known; 0 if there is none.</summary>
    /// <param name="index">0 to <see cref="IDataset.Count"/> − 1.</param>
    long Size(int index) => 0;

    /// <summary>Bits that the colors of an image of 16 bits use; null for other images.</summary>
    /// <param name="index">0 to <see cref="IDataset.Count"/> − 1.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    int? BitsInUse(int index) => null;
}

/// <summary>Details of any dataset.</summary>
internal static class DatasetDetails
{
    /// <summary>How files become pixels unless something else is asked for.</summary>
    public static ImageOptions Defaults { get; } = new();

    private static readonly IDatasetDetails Unknown = new NoDetails();

    /// <summary>The dataset's, or none of one that a program brings.</summary>
    public static IDatasetDetails Of(IDataset data) => data as IDatasetDetails ?? Unknown;

    private sealed class NoDetails : IDatasetDetails;
}
