using System.Diagnostics;
using System.Text;

namespace Byol.Interop;

/// <summary>Time of one thread by operation, each without the operations that it calls.</summary>
internal sealed class ThreadClock
{
    private readonly Dictionary<string, OperationTime> _forward = [], _backward = [];
    private Open[] _open = new Open[64];
    private int _depth, _backwardDepth;

    /// <param name="name">The thread's name, or nothing.</param>
    /// <param name="number">The thread's number.</param>
    internal ThreadClock(string name, int number) => (Name, Number) = (name, number);

    /// <summary>The thread's name, or nothing.</summary>
    public string Name { get; }

    /// <summary>The thread's number.</summary>
    public int Number { get; }

    /// <summary>What it did.</summary>
    public IEnumerable<OperationTime> Operations => _forward.Values.Concat(_backward.Values);

    internal void Enter(ReadOnlySpan<byte> name, bool opensBackward)
    {
        Span<char> text = stackalloc char[Math.Min(name.Length, 128)];
        text = text[..Encoding.Latin1.GetChars(name[..text.Length], text)];
        if (opensBackward) _backwardDepth++;
        Enter(text, _backwardDepth > 0, opensBackward, holdsAll: false);
    }

    internal void Enter(string name, bool isBackward, bool holdsAll) => Enter(name.AsSpan(), isBackward, opensBackward: false, holdsAll);

    internal void Leave()
    {
        if (_depth == 0) return;          // it began before the clock
        var ended = _open[--_depth];
        if (ended.OpensBackward) _backwardDepth--;
        var took = Stopwatch.GetTimestamp() - ended.Start;
        ended.Operation.Ticks += took - ended.Within;
        if (_depth > 0) _open[_depth - 1].Within += took;
    }

    private void Enter(ReadOnlySpan<char> name, bool isBackward, bool opensBackward, bool holdsAll)
    {
        if (_depth == _open.Length) Array.Resize(ref _open, 2 * _depth);
        var isHeld = _depth > 0 && _open[_depth - 1].HoldsAll;
        var operation = isHeld ? _open[_depth - 1].Operation : Find(isBackward ? _backward : _forward, name, isBackward);
        if (!isHeld) operation.Calls++;
        _open[_depth++] = new Open(operation, opensBackward, holdsAll || isHeld) { Start = Stopwatch.GetTimestamp() };
    }

    private static OperationTime Find(Dictionary<string, OperationTime> all, ReadOnlySpan<char> name, bool isBackward)
    {
        var byText = all.GetAlternateLookup<ReadOnlySpan<char>>();
        if (byText.TryGetValue(name, out var found)) return found;
        return all[name.ToString()] = new OperationTime(name.ToString(), isBackward);
    }

    private record struct Open(OperationTime Operation, bool OpensBackward, bool HoldsAll)
    {
        public long Start;
        public long Within;
    }
}

/// <summary>The time of one kind of operation.</summary>
/// <param name="name">As libtorch calls it: <c>aten::mkldnn_convolution</c>; or the name of a part.</param>
/// <param name="isBackward">Whether it was called by a backward pass.</param>
internal sealed class OperationTime(string name, bool isBackward)
{
    /// <summary>As libtorch calls it, or the name of a part.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it was called by a backward pass.</summary>
    public bool IsBackward { get; } = isBackward;

    /// <summary>How often it began.</summary>
    public long Calls { get; internal set; }

    /// <summary>Its time without the operations that it called.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Ticks);

    internal long Ticks { get; set; }
}
