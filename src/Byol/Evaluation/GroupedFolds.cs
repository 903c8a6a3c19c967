using Byol.Data.Views;

namespace Byol.Evaluation;

/// <summary>Parts of labeled images for cross-validation in which a group stays together, and each class is spread as evenly as its groups
/// allow: a pure function of labels, groups and seed.</summary>
/// <remarks>Groups go one by one, the largest first, to the part in which their classes are least at home (scikit-learn's
/// <c>StratifiedGroupKFold</c> does so too); then they move as long as that makes the classes more even. What is made small is the sum over
/// parts and classes of the squared share of the class in the part, and, a hundredth as much, of the part's share of all images.</remarks>
internal static class GroupedFolds
{
    private const uint Stream = 0x666f6c64;     // apart from the streams of views, epoch order and label draws
    private const double SizeWeight = 0.01, Better = -1e-13;
    private const int MostPasses = 50;

    /// <summary>Draws the parts.</summary>
    /// <param name="labels">N class indices.</param>
    /// <param name="groups">N group numbers of any kind, for instance those of <see cref="NearDuplicates"/>.</param>
    /// <param name="parts">How many, 2 or more.</param>
    /// <param name="seed">Distinguishes draws.</param>
    /// <returns>The part of each image, 0 to <paramref name="parts"/> − 1.</returns>
    /// <exception cref="ArgumentException">There are fewer groups than parts.</exception>
    public static int[] Draw(IReadOnlyList<int> labels, IReadOnlyList<int> groups, int parts, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 2);
        var members = Enumerable.Range(0, labels.Count).GroupBy(i => groups[i]).Select(g => new Group([.. g], labels)).ToList();
        if (members.Count < parts)
        {
            throw new ArgumentException($"{members.Count} groups of images that are not near-duplicates of one another are fewer than "
                + $"{parts} folds; use at most {members.Count}, or more images.");
        }
        var random = new Philox(seed, 0, 0, Stream);
        for (var i = members.Count - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (members[i], members[j]) = (members[j], members[i]);
        }
        members = [.. members.OrderByDescending(g => g.Images.Count)];

        var spread = new Spread(labels, parts);
        foreach (var group in members) spread.Add(group, group.Part = spread.Cheapest(group).Part);
        for (var (pass, moved) = (0, true); moved && pass < MostPasses; pass++)
        {
            moved = false;
            foreach (var group in members)
            {
                spread.Remove(group, group.Part);
                var (cost, part) = spread.Cheapest(group);
                var moves = cost - spread.Cost(group, group.Part) < Better;
                if (moves) group.Part = part;
                spread.Add(group, group.Part);
                moved |= moves;
            }
        }
        var drawn = new int[labels.Count];
        foreach (var group in members)
        {
            foreach (var image in group.Images) drawn[image] = group.Part;
        }
        return drawn;
    }

    private sealed class Group(IReadOnlyList<int> images, IReadOnlyList<int> labels)
    {
        public IReadOnlyList<int> Images { get; } = images;

        public IReadOnlyList<(int Label, int Count)> Counts { get; } =
            [.. images.CountBy(i => labels[i]).Select(c => (c.Key, c.Value))];

        public int Part { get; set; }
    }

    // How many images of each class, and in all, are in each part.
    private sealed class Spread(IReadOnlyList<int> labels, int parts)
    {
        private readonly Dictionary<int, int> _classes = labels.CountBy(l => l).ToDictionary();
        private readonly Dictionary<int, int[]> _counts = labels.Distinct().ToDictionary(l => l, _ => new int[parts]);
        private readonly int[] _sizes = new int[parts];

        public void Add(Group group, int part) => Change(group, part, 1);

        public void Remove(Group group, int part) => Change(group, part, -1);

        /// <summary>What the sum of squares grows by.</summary>
        public double Cost(Group group, int part)
        {
            var cost = SizeWeight * Growth(_sizes[part], group.Images.Count, labels.Count);
            foreach (var (label, count) in group.Counts) cost += Growth(_counts[label][part], count, _classes[label]);
            return cost;
        }

        public (double Cost, int Part) Cheapest(Group group) =>
            Enumerable.Range(0, parts).Select(part => (Cost(group, part), part)).MinBy(c => c.Item1);

        private static double Growth(long has, long more, double all) => (2 * has + more) * more / (all * all);

        private void Change(Group group, int part, int sign)
        {
            _sizes[part] += sign * group.Images.Count;
            foreach (var (label, count) in group.Counts) _counts[label][part] += sign * count;
        }
    }
}
