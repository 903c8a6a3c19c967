using Byol.Maps;

namespace Byol.Tests.Maps;

/// <summary>Vectors that tests make: clouds of points on a sphere, alike within a cloud.</summary>
internal static class Clouds
{
    public static float[] Make(int count, int dimension, int clouds, double spread = 0.6, int seed = 1)
    {
        var random = new Random(seed);
        var centers = Enumerable.Range(0, clouds).Select(_ => Drawn(random, dimension)).ToList();
        return [.. Enumerable.Range(0, count).SelectMany(i =>
        {
            var row = centers[i % clouds].Zip(Drawn(random, dimension), (c, n) => c + spread * n).ToArray();
            var length = Math.Sqrt(row.Sum(v => v * v));
            return row.Select(v => (float)(v / length));
        })];
    }

    public static UnitRows Rows(int count, int dimension, int clouds) => new(Make(count, dimension, clouds), dimension);

    private static double[] Drawn(Random random, int dimension) => [.. Enumerable.Range(0, dimension)
        .Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
