using System.Globalization;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Models;
using Byol.Training;

namespace LibrarySample;

/// <summary>How well an encoder's nearest neighbors classify images.</summary>
internal static class Neighbors
{
    /// <summary>The encoder as a run of this seed begins with it.</summary>
    public static IImageEncoder Untrained(Recipe recipe, ulong seed)
    {
        using var weights = new WeightSource(seed, TorchRuntime.DefaultDevice);
        return new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views))
            .ToImageEncoder("untrained", recipe.Encoder.Create(weights), Precision.Float32, TorchRuntime.DefaultDevice);
    }

    public static string Score(IImageEncoder encoder, IDataset images)
    {
        using var bank = FeatureBank.Encode(encoder, images);
        var accuracy = Knn.LeaveOneOutAccuracy(bank, new KnnOptions(neighbors: 10));
        return string.Create(CultureInfo.InvariantCulture, $"{100 * accuracy:F1} % by the 10 nearest neighbors");
    }
}
