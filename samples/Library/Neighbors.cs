using System.Globalization;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation;

namespace LibrarySample;

/// <summary>How well an encoder's nearest neighbors classify images.</summary>
internal static class Neighbors
{
    public static string Score(IImageEncoder encoder, IDataset images)
    {
        using var bank = FeatureBank.Encode(encoder, images);
        var accuracy = Knn.LeaveOneOutAccuracy(bank, new KnnOptions(neighbors: 10));
        return string.Create(CultureInfo.InvariantCulture, $"{100 * accuracy:F1} % by the 10 nearest neighbors");
    }
}
