using Byol.Comparison;

namespace Byol.Tests.Comparison;

/// <summary>A made comparison that is drawn as a real one is: a pool of labeled images, draws of them that overlap, one finite set of images
/// to classify in which things are photographed again, encoders that see the same images each with errors of its own, and classes by the
/// nearest mean. What an encoder is worth is a number that the test knows.</summary>
/// <param name="Images">To classify.</param>
/// <param name="PoolPerClass">Labeled images of each class.</param>
/// <param name="IsUnequal">Whether one class has half of the images.</param>
/// <param name="MostAgain">Photographs of one thing at most.</param>
internal sealed record MadeComparison(int Images, int PoolPerClass, bool IsUnequal, int MostAgain)
{
    private const int Classes = 6, Dimensions = 12, Draws = 10;
    private static readonly int[] Amounts = [5, 10];
    private static readonly double[] Unequal = [0.5, 0.2, 0.12, 0.08, 0.06, 0.04];

    /// <summary>Draws one.</summary>
    /// <param name="seed">Tells them apart.</param>
    /// <param name="options">Name, whether it is trained, and how well it separates the classes; 1 for the usual one.</param>
    public (IReadOnlyList<OptionScores> Options, TestedImages Images) Draw(int seed, params (string Name, bool IsTrained, double Signal)[] options)
    {
        var random = new Random((int)((uint)seed * 2_654_435_769));     // neighboring seeds begin alike
        var centers = Rows(random, Classes, 0.5);
        int[] pool = [.. Enumerable.Range(0, Classes * PoolPerClass).Select(i => i / PoolPerClass)];
        var (labels, groups) = Test(random);
        var (poolShared, testShared) = (Rows(random, pool.Length, 0.8), Rows(random, groups.Max() + 1, 0.8));
        var seen = options.Select(o => (
            Pool: See(random, centers, o.Signal, pool, [.. Enumerable.Range(0, pool.Length)], poolShared),
            Test: See(random, centers, o.Signal, labels, groups, testShared))).ToList();
        var orders = Enumerable.Range(0, Draws).Select(_ => Enumerable.Range(0, Classes).Select(c =>
        {
            int[] members = [.. Enumerable.Range(c * PoolPerClass, PoolPerClass)];
            random.Shuffle(members);
            return members;
        }).ToArray()).ToList();
        var scores = options.Select((o, at) => new OptionScores(o.Name, o.IsTrained, [.. Amounts.Select(amount => new ScoreCell(
            "nearest mean", $"{amount}", amount * Classes, (double)amount / PoolPerClass,
            [.. orders.Select(order => Classify(seen[at].Pool, seen[at].Test, order, amount, labels))]))]));
        return ([.. scores], new TestedImages(labels, groups, IsUnequal));
    }

    private (int[] Labels, int[] Groups) Test(Random random)
    {
        var (labels, groups) = (new List<int>(), new List<int>());
        for (var group = 0; labels.Count < Images; group++)
        {
            var label = group < Classes ? group : IsUnequal ? Pick(random.NextDouble()) : random.Next(Classes);
            for (var again = random.Next(MostAgain); again >= 0; again--)
            {
                labels.Add(label);
                groups.Add(group);
            }
        }
        return ([.. labels], [.. groups]);
    }

    private static int Pick(double share)
    {
        var label = 0;
        while (label < Classes - 1 && (share -= Unequal[label]) > 0) label++;
        return label;
    }

    // Class, the thing, what this encoder makes of the thing, and a little of this photograph alone.
    private static double[][] See(Random random, double[][] centers, double signal, int[] labels, int[] things, double[][] shared)
    {
        var (own, seen) = (Rows(random, shared.Length, 0.57), Rows(random, labels.Length, 0.18));
        for (var i = 0; i < labels.Length; i++)
        {
            for (var d = 0; d < Dimensions; d++)
                seen[i][d] += signal * centers[labels[i]][d] + shared[things[i]][d] + own[things[i]][d];
        }
        return seen;
    }

    private static bool[] Classify(double[][] pool, double[][] test, int[][] order, int amount, int[] labels)
    {
        var means = order.Select(members => Enumerable.Range(0, Dimensions)
            .Select(d => members.Take(amount).Average(m => pool[m][d])).ToArray()).ToArray();
        var right = new bool[labels.Length];
        for (var i = 0; i < right.Length; i++)
        {
            var (nearest, least) = (0, double.MaxValue);
            for (var c = 0; c < Classes; c++)
            {
                var distance = Distance(test[i], means[c]);
                if (distance < least) (nearest, least) = (c, distance);
            }
            right[i] = nearest == labels[i];
        }
        return right;
    }

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    private static double[][] Rows(Random random, int count, double scale)
    {
        var rows = new double[count][];
        for (var i = 0; i < count; i++)
        {
            rows[i] = new double[Dimensions];
            for (var d = 0; d < Dimensions; d++) rows[i][d] = scale * Normal(random);
        }
        return rows;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
