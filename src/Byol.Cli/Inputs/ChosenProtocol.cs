using Byol.Evaluation;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>How byol evaluate scores: a protocol of the library under the name that it is typed by.</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Precision">The type that encoders compute in.</param>
internal sealed record ChosenProtocol(string Name, Protocol Protocol, Precision Precision)
{
    public const string Knn = "knn", Linear = "linear", LinearSgd = "linear-sgd", FineTuned = "finetune", Supervised = "supervised";

    public static IReadOnlyList<string> Names { get; } = [Knn, Linear, LinearSgd, FineTuned, Supervised];

    /// <summary>Its settings, as they stand in the result; null if there are none.</summary>
    public object? Options => Protocol.Options;

    /// <summary>How many neighbors vote; null if none do.</summary>
    /// <param name="labels">Class indices of the labels that are learned from.</param>
    public int? Neighbors(IEnumerable<int> labels) => Protocol.NeighborsFor(labels);

    /// <summary>The protocol for the smallest number of labels that is asked for.</summary>
    public ChosenProtocol For(int labels) => this with { Protocol = Protocol.For(labels) };
}
