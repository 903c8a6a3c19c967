namespace Byol.Faults.Soaking;

/// <summary>What a loader that allocates, a progress display and a busy application look like to the garbage collector, at their
/// worst.</summary>
public sealed class AllocatingThread : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _closed;

    public AllocatingThread()
    {
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    public int Collections { get; private set; }

    private void Work()
    {
        while (!_closed)
        {
            for (var i = 0; i < 100; i++) GC.KeepAlive(new byte[1000]);
            GC.Collect(Collections % 50 == 0 ? 2 : 0);
            if (Collections++ % 10 == 0) GC.WaitForPendingFinalizers();
            Thread.SpinWait(2000);   // time for the other thread: a collection stops it
        }
    }

    public void Dispose()
    {
        _closed = true;
        _thread.Join();
    }
}
