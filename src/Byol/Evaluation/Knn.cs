using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Options of the weighted k-nearest-neighbor classifier.</summary>
/// <param name="neighbors">k; null chooses it by the number of labels: <see cref="NeighborsFor"/>.</param>
/// <param name="temperature">T; usually 0.1.</param>
public sealed class KnnOptions(int? neighbors = null, double temperature = 0.1)
{
    private const int Customary = 200;
    private static readonly int[] Fewer = [100, 50, 20, 10, 5];

    /// <summary>k; null if it is chosen by the number of labels.</summary>
    public int? Neighbors { get; } = neighbors;

    /// <summary>T; usually 0.1.</summary>
    public double Temperature { get; } = temperature;

    /// <summary>k for some labels: the given one; otherwise the usual 200 if every class has that many labels, and else the largest of 5,
    /// 10, 20, 50 and 100 that is at most the number of labels of the smallest class (1 if it has fewer than 5). More neighbors than a
    /// class has labels vote for other classes with any encoder.</summary>
    /// <param name="labels">Class indices of the images that vote.</param>
    internal int NeighborsFor(IEnumerable<int> labels)
    {
        if (Neighbors is { } given) return given;
        var smallest = labels.CountBy(l => l).Select(c => c.Value).DefaultIfEmpty(1).Min();
        return Fewer.Prepend(Customary).FirstOrDefault(k => k <= smallest, 1);
    }

    /// <summary>The same for a number of images that vote; a given k is limited to it.</summary>
    internal KnnOptions AtMost(int images) => new(Neighbors is { } k ? Math.Min(k, images) : null, Temperature);

    /// <summary>Throws if the values are invalid for a bank.</summary>
    /// <param name="bankSize">Labeled images to choose neighbors from.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate(int bankSize)
    {
        if (Neighbors is { } k && Math.Clamp(k, 1, Math.Max(1, bankSize)) is var nearest && k != nearest)
            throw new ArgumentException($"k of {k} must lie between 1 and the {bankSize} labeled images; "
                + $"set KnnOptions.Neighbors to {nearest}.");
        if (Temperature is not (> 0 and < 1e3))
            throw new ArgumentException($"Temperature {Temperature} must be above 0; the customary one is 0.1.");
    }
}

/// <summary>Weighted k-nearest neighbors on L2-normalized features (Wu et al. 2018, section 3.4): each of the k most similar images votes
/// for its class with weight exp(cos/T).</summary>
public static class Knn
{
    /// <summary>Classifies queries by a bank of labeled features.</summary>
    /// <param name="bank">Features and labels that vote.</param>
    /// <param name="queries">[M,D] fp32.</param>
    /// <param name="options">k and T.</param>
    /// <param name="device">Where to compute; null for the GPU where there is one.</param>
    /// <returns>M class indices.</returns>
    internal static int[] Classify(FeatureBank bank, Tensor queries, KnnOptions options, Device? device = null) =>
        Winners(Votes(bank, queries, options, device: device));

    /// <summary>Classifies each image of a bank by all the others.</summary>
    /// <param name="bank">Features and labels.</param>
    /// <param name="options">k and T.</param>
    /// <param name="device">Where to compute; null for the GPU where there is one.</param>
    /// <returns>N class indices.</returns>
    internal static int[] LeaveOneOut(FeatureBank bank, KnnOptions options, Device? device = null) =>
        Winners(Votes(bank, bank.Features, options, leaveOneOut: true, device));

    /// <summary>The fraction of labeled queries that are classified correctly.</summary>
    /// <param name="bank">Features and labels that vote.</param>
    /// <param name="test">Features and labels to classify.</param>
    /// <param name="options">k and T.</param>
    public static double Accuracy(FeatureBank bank, FeatureBank test, KnnOptions options) => Accuracy(bank, test, options, null);

    /// <inheritdoc cref="Accuracy(FeatureBank, FeatureBank, KnnOptions)"/>
    internal static double Accuracy(FeatureBank bank, FeatureBank test, KnnOptions options, Device? device) =>
        Share(Classify(bank, test.Features, options, device), test.Labels);

    /// <summary>The fraction of a bank's images that the others classify correctly.</summary>
    /// <param name="bank">Features and labels.</param>
    /// <param name="options">k and T.</param>
    public static double LeaveOneOutAccuracy(FeatureBank bank, KnnOptions options) => LeaveOneOutAccuracy(bank, options, null);

    /// <inheritdoc cref="LeaveOneOutAccuracy(FeatureBank, KnnOptions)"/>
    internal static double LeaveOneOutAccuracy(FeatureBank bank, KnnOptions options, Device? device) =>
        Share(LeaveOneOut(bank, options, device), bank.Labels);

    private static double Share(int[] predicted, IReadOnlyList<int> labels) =>
        predicted.Zip(labels).Count(p => p.First == p.Second) / (double)predicted.Length;

    /// <summary>The votes of each class from the neighbors of each query, relative to the vote of the nearest.</summary>
    /// <param name="bank">Features and labels that vote.</param>
    /// <param name="queries">[M,D] fp32.</param>
    /// <param name="options">k and T.</param>
    /// <param name="leaveOneOut">Whether the queries are the bank's own images, none of which votes for itself.</param>
    /// <param name="device">Where to compute; null for the GPU where there is one.</param>
    /// <returns>[M,C] fp32, on the processor; the caller's dispose scope owns it.</returns>
    internal static Tensor Votes(FeatureBank bank, Tensor queries, KnnOptions options, bool leaveOneOut = false, Device? device = null)
    {
        device ??= TorchRuntime.DefaultDevice;
        var most = bank.Labels.Count - (leaveOneOut ? 1 : 0);
        options.Validate(most);
        var k = Math.Min(options.NeighborsFor(bank.Labels), most);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar sharpness = 1 / options.Temperature, lowest = float.NegativeInfinity, minusOne = -1;
        var labels = tensor(bank.Labels.Select(l => (long)l).ToArray(), device: device);         // [N]
        var votes = zeros([queries.shape[0], bank.Classes.Count], device: device);               // [M,C]
        BlockedCosine.ForEach(Unit(queries), Unit(bank.Features), (start, similarity) =>
        {
            var count = similarity.shape[0];                                                     // B
            if (leaveOneOut) similarity.narrow(1, start, count).diagonal().fill_(lowest);
            var (nearest, indices) = TopK.Find(similarity, k);                          // [B,k]
            // Relative to the nearest, which wins by the same ratios: exp(1/T) itself is beyond fp32 from T = 0.011 down.
            var weights = nearest.add(nearest.narrow(1, 0, 1), minusOne).mul(sharpness).exp();   // [B,k]
            votes.narrow(0, start, count).scatter_add_(1, labels.index_select(0, indices.reshape(-1)).reshape(indices.shape), weights);
        });
        return votes.cpu().MoveToOuterDisposeScope();

        Tensor Unit(Tensor features) => functional.normalize(features.to(device), p: 2, dim: 1);
    }

    private static int[] Winners(Tensor votes)
    {
        using (votes)
        using (var winners = votes.argmax(1)) return [.. winners.data<long>().Select(w => (int)w)];
    }
}
