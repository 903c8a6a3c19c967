using System.Runtime.ExceptionServices;
using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>A thread that works while the calling one does, each with half of libtorch's threads. Two views are computed faster in parallel
/// than one after the other by all threads, because the parallel ones synchronize three times a batch instead of in every
/// operation.</summary>
/// <remarks>libtorch's number of threads is one for the process and one for each thread that has asked for it. While both work, the first
/// is half: a thread that comes to libtorch only then keeps that.</remarks>
internal sealed class SecondThread : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0), _done = new(0);
    private readonly Thread _thread;
    private Action? _work;
    private int _share;
    private Exception? _failure;

    public SecondThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "second view" };
        _thread.Start();
    }

    /// <summary>How many threads the calling thread has while both work.</summary>
    /// <param name="all">Those that it has otherwise.</param>
    public static int ShareOfCaller(int all) => Math.Max(1, all - all / 2);

    /// <summary>Does both, and returns when both are done.</summary>
    /// <param name="here">The calling thread's part.</param>
    /// <param name="there">The other's.</param>
    public void RunBoth(Action here, Action there)
    {
        var all = get_num_threads();
        (_work, _share, _failure) = (there, Math.Max(1, all / 2), null);
        set_num_threads(ShareOfCaller(all));
        _asked.Release();
        try
        {
            here();
        }
        finally
        {
            using (OperationClock.Part(nameof(SecondThread))) _done.Wait();
            set_num_threads(all);
        }
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Does both, and returns what they made.</summary>
    /// <param name="scope">The calling thread's, which owns both results.</param>
    /// <param name="here">The calling thread's part.</param>
    /// <param name="there">The other's.</param>
    public (Tensor[] Here, Tensor[] There) RunBoth(DisposeScope scope, Func<Tensor[]> here, Func<Tensor[]> there)
    {
        Tensor[] mine = [], its = [];
        try
        {
            RunBoth(() => mine = here(), () => its = [.. there().Select(made => made.DetachFromDisposeScope())]);
        }
        finally
        {
            foreach (var made in its) scope.Attach(made);
        }
        return (mine, its);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_thread.IsAlive) return;
        _work = null;
        _asked.Release();
        _thread.Join();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Run()
    {
        for (_asked.Wait(); _work is { } work; _asked.Wait())
        {
            try
            {
                _ = get_num_threads();          // the first call on a thread takes over the process's number
                set_num_threads(_share);
                using var around = OperationClock.Around(nameof(RunBoth));
                using var scope = NewDisposeScope();
                work();
            }
            catch (Exception e)
            {
                _failure = e;
            }
            _done.Release();
        }
    }
}
