using BenchmarkDotNet.Attributes;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Benchmarks;

/// <summary>Batches of two views of images in memory, by the number of loader threads.</summary>
[MemoryDiagnoser]
public class LoaderBenchmarks : IDisposable
{
    private const int Batch = 64;
    private ViewLoader _loader = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(32, 224)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var images = Size == 32 ? new NoiseImages(64 * Batch, 32, 32) : new NoiseImages(64 * Batch, 500, 375);
        _loader = new ViewLoader(images, new ViewOptions { ImageSize = Size }, 1, Batch, 64, Threads, 0);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void TwoViews() => _loader.Next();

    [GlobalCleanup]
    public void Dispose()
    {
        _loader.Dispose();
        GC.SuppressFinalize(this);
    }
}
