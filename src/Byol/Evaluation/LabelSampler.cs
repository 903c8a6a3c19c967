using Byol.Data.Views;

namespace Byol.Evaluation;

/// <summary>Chooses the training images that keep their label when labels are few: a pure function of the labels, a seed and the number of
/// the draw.</summary>
/// <remarks>Balanced: classes differ by at most one image. Nested: a larger amount of the same seed and draw holds every image of a smaller
/// one, so that a curve over the number of labels adds labels and replaces none.</remarks>
public static class LabelSampler
{
    private const uint Stream = 0x6c61626c;   // apart from the streams of views and epoch order
    private const uint OrderOfClasses = uint.MaxValue;

    /// <summary>The images that keep their label.</summary>
    /// <param name="task">The images to draw from.</param>
    /// <param name="amount">The number of labels.</param>
    /// <param name="seed">Distinguishes experiments.</param>
    /// <param name="draw">The number of the draw, from 0.</param>
    /// <returns>Indices in ascending order, each once.</returns>
    /// <exception cref="ArgumentException">There are fewer than asked for; the message gives value, rule and remedy in one
    /// line.</exception>
    public static int[] Indices(EvaluationTask task, LabelBudget amount, ulong seed, int draw)
    {
        if (amount is { Share: null, PerClass: null }) return [.. Enumerable.Range(0, task.TrainLabels.Count)];
        var members = task.TrainLabels.Select((label, index) => (label, index)).ToLookup(l => l.label, l => l.index);
        var present = members.Select(m => m.Key).Order().ToList();
        var total = amount.Total(task.TrainLabels.Count, present.Count);
        if (total < present.Count)
        {
            throw new ArgumentException(
                $"Labels {amount} are {total} of {task.TrainLabels.Count} images, fewer than the {present.Count} classes; "
                    + "use a LabelBudget of 1-per-class or more.");
        }

        // The classes that get one more come first in an order of their own: it does not depend on the amount, so draws nest.
        var rank = new Philox(seed, OrderOfClasses, (uint)draw, Stream);
        var order = Shuffled(ref rank, present);
        var drawn = new List<int>();
        for (var place = 0; place < order.Count; place++)
        {
            var label = order[place];
            var wanted = total / order.Count + (place < total % order.Count ? 1 : 0);
            var available = members[label].ToList();
            if (wanted > available.Count)
            {
                var most = present.Min(c => members[c].Count());
                throw new ArgumentException($"Labels {amount} need {wanted} images of class {task.Classes[label]}, "
                    + $"which has {available.Count} in {task.Train.Name}; "
                    + $"draws are balanced, so use a LabelBudget of {most}-per-class or less, or all.");
            }
            var random = new Philox(seed, (uint)label, (uint)draw, Stream);
            drawn.AddRange(Shuffled(ref random, available).Take((int)wanted));
        }
        drawn.Sort();
        return [.. drawn];
    }

    /// <summary>Parts of labeled images for cross-validation: each class is spread over the parts as evenly as possible.</summary>
    /// <param name="labels">Class indices.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="seed">Distinguishes draws.</param>
    /// <returns>The part of each image, 0 to <paramref name="parts"/> − 1; parts differ by at most one image.</returns>
    internal static int[] Folds(IReadOnlyList<int> labels, int parts, ulong seed)
    {
        var part = new int[labels.Count];
        var next = 0;
        foreach (var members in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(g => g.Key))
        {
            var random = new Philox(seed, (uint)members.Key, uint.MaxValue, Stream);
            foreach (var index in Shuffled(ref random, members)) part[index] = next++ % parts;
        }
        return part;
    }

    private static List<int> Shuffled(ref Philox random, IEnumerable<int> values)
    {
        var order = values.ToList();
        for (var i = order.Count - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
