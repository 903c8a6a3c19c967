using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Loading;

/// <summary>How the loader's threads wait, end and use memory; what they load is in <see cref="ViewLoaderTests"/>.</summary>
public sealed class ViewLoaderThreadsTests
{
    private const int BatchSize = 4, Images = 22, PerEpoch = 5;
    private static readonly ViewOptions Views = new() { ImageSize = 8 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Another_fault_of_the_dataset_reaches_the_caller()
    {
        using var loader = new ViewLoader(new Gate(_ => throw new NotSupportedException("no such thing")), Views, 1, 2, 1, 2, 0);
        Assert.Contains("no such thing", Assert.Throws<NotSupportedException>(() => loader.Next(Stop)).Message);
    }

    [Fact]
    public void Cancelling_ends_the_wait()
    {
        using var open = new ManualResetEventSlim();
        using var loader = new ViewLoader(new Gate(_ => open.Wait(Stop)), Views, 1, 2, 1, 1, 0);
        using var source = new CancellationTokenSource();
        source.CancelAfter(20);
        Assert.Throws<OperationCanceledException>(() => loader.Next(source.Token));
        Assert.Throws<OperationCanceledException>(() => loader.Next(source.Token));
        open.Set();
        Assert.Equal(0, loader.Next(Stop).Number);
    }

    [Fact]
    public async Task Disposing_ends_a_wait_and_all_threads()
    {
        using var open = new ManualResetEventSlim();
        using var reading = new ManualResetEventSlim();
        var threads = new HashSet<Thread>();
        var loader = new ViewLoader(new Gate(_ =>
        {
            lock (threads) threads.Add(Thread.CurrentThread);
            reading.Set();
            open.Wait(Stop);
        }), Views, 1, 2, 1, 3, 0);
        var waiting = Task.Run(() => Assert.Throws<ObjectDisposedException>(() => loader.Next(Stop)), Stop);
        reading.Wait(Stop);
        var disposing = Task.Run(loader.Dispose, Stop);
        await waiting;
        open.Set();
        await disposing;
        Assert.All(threads, t => Assert.False(t.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => loader.Next(Stop));
        loader.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Three_batches_are_used_again_and_again_whatever_the_threads(int threads)
    {
        using var loader = new ViewLoader(Made.Dataset(Images), Views, 1, BatchSize, PerEpoch, threads, 0);
        var seen = new HashSet<ViewBatch>(ReferenceEqualityComparer.Instance);
        for (var n = 0; n < 60; n++) seen.Add(loader.Next(Stop));
        Assert.Equal(3, seen.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void The_loader_reads_two_batches_ahead_and_no_more(int threads)
    {
        var data = Made.Dataset(400);
        using var loader = new ViewLoader(data, Views, 1, BatchSize, 100, threads, 0);
        for (var n = 0; n < 5; n++) loader.Next(Stop);
        Assert.True(SpinWait.SpinUntil(() => data.Reads.Sum() >= BatchSize * 7, TimeSpan.FromMinutes(2)));
        Thread.Sleep(50);
        Assert.Equal(BatchSize * 7, data.Reads.Sum());   // five taken, one of them lent
    }

    [Fact]
    public void Once_warm_the_thread_allocates_nearly_nothing()
    {
        const int Few = 20, Many = 120;
        var allocated = new long[Many * BatchSize + 1];
        var read = 0;
        var image = Made.Image(16, 0);
        var data = new Gate(_ => allocated[Math.Min(read++, allocated.Length - 1)] = GC.GetAllocatedBytesForCurrentThread(), image, 1000);
        using (var loader = new ViewLoader(data, Views, 1, BatchSize, 250, 1, 0))
        {
            for (var n = 0; n < Many; n++) loader.Next(Stop);
        }
        Assert.InRange((allocated[(Many - 1) * BatchSize] - allocated[Few * BatchSize]) / (Many - Few), 0, 2048);
    }

    /// <summary>One image again and again, with something done before each is read.</summary>
    private sealed class Gate(Action<int> before, Image8 image, int count) : IDataset
    {
        public Gate(Action<int> before) : this(before, Made.Image(16, 0), 8)
        {
        }

        public string Name => "gate";

        public int Count => count;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer)
        {
            before(index);
            return image;
        }

        public int? Label(int index) => null;

        public string ItemName(int index) => $"{index}";
    }
}
