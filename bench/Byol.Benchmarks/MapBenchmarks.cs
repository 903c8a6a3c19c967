using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Byol.Maps;

namespace Byol.Benchmarks;

/// <summary>The map of 10,000 embeddings in twenty clusters: what the live page computes when its map is opened.</summary>
[SimpleJob(RunStrategy.Monitoring, iterationCount: 3, warmupCount: 1)]
public class MapBenchmarks
{
    private const int Count = 10_000, Dimension = 512, Clusters = 20;

    private float[] _embeddings = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var centers = Numbers(random, Clusters * Dimension);
        _embeddings = Numbers(random, Count * Dimension);
        for (var i = 0; i < _embeddings.Length; i++)
            _embeddings[i] += 2 * centers[i / Dimension % Clusters * Dimension + i % Dimension];
    }

    [Benchmark]
    public object PrincipalPlane() => ImageMap.Of(_embeddings, Dimension);

    [Benchmark]
    public object NeighborsAndMap() => ImageMap.Of(_embeddings, Dimension).FindNeighbors().Arrange();

    private static float[] Numbers(Random random, int count)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = random.NextSingle() - 0.5f;
        return numbers;
    }
}
