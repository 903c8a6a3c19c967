using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>How long each operation takes, by thread: libtorch calls back where one begins and where it ends.</summary>
/// <remarks>TorchSharp does not offer libtorch's observers (<c>ATen/record_function.h</c>), so they are called by their C++ names, and by
/// the rules of Linux on x64 for what C++ passes by value and returns. The library that TorchSharp pins decides both;
/// <c>OperationClockTests</c> would see another one. What is not an operation of libtorch is marked with <see cref="Part"/>.</remarks>
internal sealed unsafe class OperationClock : IDisposable
{
    private const string Add = "_ZN2at17addGlobalCallbackENS_22RecordFunctionCallbackE", Remove = "_ZN2at14removeCallbackEm",
        NameOf = "_ZNK2at14RecordFunction4nameEv";

    private static delegate* unmanaged<nint, byte*> _name;
    private static volatile OperationClock? _running;

    [ThreadStatic]
    private static (OperationClock? Clock, ThreadClock Times) _own;

    private readonly ConcurrentQueue<ThreadClock> _threads = new();
    private readonly ulong[] _callbacks;
    private readonly delegate* unmanaged<ulong, void> _remove;

    /// <summary>Whether there can be one: on Linux on x64.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Starts the clock; disposing stops it. One runs at a time.</summary>
    /// <exception cref="PlatformNotSupportedException">There can be none here.</exception>
    public OperationClock()
    {
        if (!IsSupported || !NativeLibrary.TryLoad(Nnpack.Library, out var libtorch))
            throw new PlatformNotSupportedException("Operations can be timed on Linux on x64, once libtorch is loaded.");
        var (add, remove) = (NativeLibrary.GetExport(libtorch, Add), NativeLibrary.GetExport(libtorch, Remove));
        if (Interlocked.CompareExchange(ref _running, this, null) is not null)
            throw new InvalidOperationException("Operations are being timed already; dispose the other clock first.");
        _name = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(libtorch, NameOf);
        _remove = (delegate* unmanaged<ulong, void>)remove;
        var register = (delegate* unmanaged<Observer, ulong>)add;
        _callbacks =
        [
            register(Observer.Of(Scope.Function, &OperationBegins)), register(Observer.Of(Scope.BackwardFunction, &BackwardBegins)),
        ];
    }

    /// <summary>What was heard, a clock for each thread; to be read while no operation runs.</summary>
    public IReadOnlyCollection<ThreadClock> Threads => _threads;

    /// <summary>Counts what is done until it is disposed as one operation, with all that libtorch does in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isBackward">Whether it belongs to a backward pass.</param>
    public static PartOfStep Part(string name, bool isBackward = false) =>
        _running is { } clock ? new PartOfStep(clock.Own(), name, isBackward, holdsAll: true) : default;

    /// <summary>Counts what is done until it is disposed as an operation, but for those of libtorch within.</summary>
    /// <param name="name">Its name.</param>
    public static PartOfStep Around(string name) =>
        _running is { } clock ? new PartOfStep(clock.Own(), name, isBackward: false, holdsAll: false) : default;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _running, null, this) != this) return;
        foreach (var callback in _callbacks) _remove(callback);
    }

    private ThreadClock Own()
    {
        if (_own.Clock == this) return _own.Times;
        _own = (this, new ThreadClock(Thread.CurrentThread.Name ?? "", Environment.CurrentManagedThreadId));
        _threads.Enqueue(_own.Times);
        return _own.Times;
    }

    [UnmanagedCallersOnly]
    private static nint* OperationBegins(nint* context, nint operation) => Begins(context, operation, opensBackward: false);

    [UnmanagedCallersOnly]
    private static nint* BackwardBegins(nint* context, nint operation) => Begins(context, operation, opensBackward: true);

    // std::unique_ptr<ObserverContext> is returned through a pointer that comes first. None is needed: operations of a thread end in the
    // opposite order of their beginnings.
    private static nint* Begins(nint* context, nint operation, bool opensBackward)
    {
        *context = 0;
        if (_running is { } clock) clock.Own().Enter(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_name(operation)), opensBackward);
        return context;
    }

    [UnmanagedCallersOnly]
    private static void Ends(nint operation, nint context)
    {
        if (_running is { } clock && _own.Clock == clock) _own.Times.Leave();
    }

    private enum Scope
    {
        Function, BackwardFunction,
    }

    // at::RecordFunctionCallback: two functions, a probability, a flag for each of ten scopes, and three for what it needs.
    [StructLayout(LayoutKind.Sequential)]
    private struct Observer
    {
        private delegate* unmanaged<nint*, nint, nint*> _begins;
        private delegate* unmanaged<nint, nint, void> _ends;
        private double _probability;
        private Scopes _scopes;
        private byte _needsInputs, _needsOutputs, _needsIds;

        public static Observer Of(Scope scope, delegate* unmanaged<nint*, nint, nint*> begins)
        {
            var observer = new Observer { _begins = begins, _ends = &Ends, _probability = 1 };
            observer._scopes[(int)scope] = 1;
            return observer;
        }
    }

    [InlineArray(10)]
    private struct Scopes
    {
        private byte _first;
    }
}

/// <summary>What is done between its making and its end.</summary>
internal readonly ref struct PartOfStep
{
    private readonly ThreadClock? _clock;

    internal PartOfStep(ThreadClock clock, string name, bool isBackward, bool holdsAll) =>
        (_clock = clock).Enter(name, isBackward, holdsAll);

    /// <summary>Ends it.</summary>
    public void Dispose() => _clock?.Leave();
}
