using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Byol.TensorFiles;

/// <summary>Reads the pickles that PyTorch writes of tensors in lists and dictionaries, and nothing else: every other opcode and every
/// class that tensors do not need is refused by name. No code of a file is ever run: there is none here that could.</summary>
/// <remarks>Opcodes are those of Python's pickletools, protocol 2. Memory is bounded by <see cref="MostValues"/> and the pickle's
/// length.</remarks>
internal sealed class PickleReader(ReadOnlyMemory<byte> pickle, int start)
{
    /// <summary>A longer pickle is refused: a network of 200 layers with its optimizer has a tenth of this.</summary>
    public const int Longest = 4 << 20;

    private const int MostValues = 400_000, LongestNumber = 16;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly object Mark = new();
    private static readonly object[] EmptyTuple = [];

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _values;

    /// <summary>Where the pickle ended, once it is read.</summary>
    public int Position { get; private set; } = start;

    /// <summary>The storages that tensors refer to, by key.</summary>
    public Dictionary<string, PickledStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads up to STOP.</summary>
    /// <exception cref="FormatException">It is damaged, or holds what tensors do not need; the message says what, in words.</exception>
    public object? Read()
    {
        while (true)
        {
            var code = Byte();
            switch (code)
            {
                case 0x80: Protocol(Byte()); break;
                case (byte)'.': return Pop();
                case (byte)'(': Push(Mark); break;
                case (byte)'N': Push(null); break;
                case 0x88: Push(true); break;
                case 0x89: Push(false); break;
                case (byte)'K': Push((long)Byte()); break;
                case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
                case (byte)'J': Push((long)Int32()); break;
                case 0x8a: Push(Long()); break;
                case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
                case (byte)'X': Push(Text(Bytes(Int32()))); break;
                case (byte)')': Push(EmptyTuple); break;
                case 0x85: Push(Tuple(1)); break;
                case 0x86: Push(Tuple(2)); break;
                case 0x87: Push(Tuple(3)); break;
                case (byte)'t': Push(SinceMark()); break;
                case (byte)']': Push(new List<object?>()); break;
                case (byte)'a': Append([Pop()]); break;
                case (byte)'e': Append(SinceMark()); break;
                case (byte)'}': Push(new PickledDictionary()); break;
                case (byte)'s': SetItems(Tuple(2)); break;
                case (byte)'u': SetItems(SinceMark()); break;
                case (byte)'q': Remember(Byte()); break;
                case (byte)'r': Remember((uint)Int32()); break;
                case (byte)'h': Push(Remembered(Byte())); break;
                case (byte)'j': Push(Remembered((uint)Int32())); break;
                case (byte)'c': Push(PickledCalls.Global($"{Line()}.{Line()}")); break;
                case (byte)'Q': Push(Known(PickledCalls.Storage(Pop()))); break;
                case (byte)'R': Push(PickledCalls.Call(Tuple(2))); break;
                case (byte)'b': Build(Pop()); break;
                default: throw new FormatException($"it uses {PickleOpcodes.Name(code)}, which tensors do not need");
            }
        }
    }

    private PickledStorage Known(PickledStorage storage) =>
        Storages.TryAdd(storage.Key, storage) || Storages[storage.Key] == storage ? storage : throw Damaged("a storage of two kinds");

    private static void Protocol(byte version)
    {
        if (version is not (2 or 3)) throw new FormatException($"it is of pickle protocol {version}, where torch.save writes 2");
    }

    // torch.save gives a state's dictionary an attribute that says how old each module's format is.
    private void Build(object? state)
    {
        if (Peek() is not PickledDictionary || state is not PickledDictionary)
            throw new FormatException("it holds an object with a state, which tensors do not need");
    }

    private void SetItems(object?[] items)
    {
        if (Peek() is not PickledDictionary dictionary || items.Length % 2 != 0) throw Damaged("items without a dictionary");
        for (var i = 0; i < items.Length; i += 2) dictionary.Set(items[i], items[i + 1]);
    }

    private void Append(object?[] items)
    {
        if (Peek() is not List<object?> list) throw Damaged("items without a list");
        list.AddRange(items);
    }

    private object?[] SinceMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0) throw Damaged("no mark");
        var items = Tuple(_stack.Count - mark - 1);
        _stack.RemoveAt(mark);
        return items;
    }

    private object?[] Tuple(int count)
    {
        if (_stack.Count < count) throw Damaged("too few values");
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items.Contains(Mark) ? throw Damaged("a mark where a value must be") : items;
    }

    private void Push(object? value)
    {
        Count();
        _stack.Add(value);
    }

    private void Remember(long index)
    {
        Count();
        _memo[index] = Peek();
    }

    private void Count()
    {
        if (++_values > MostValues) throw Damaged($"more than {MostValues} values");
    }

    private object? Pop() => Tuple(1)[0];

    private object? Peek() => _stack.Count > 0 && _stack[^1] != Mark ? _stack[^1] : throw Damaged("too few values");

    private object? Remembered(long index) =>
        _memo.TryGetValue(index, out var value) ? value : throw Damaged("a value that was not remembered");

    private object Long()
    {
        var length = Byte();
        if (length > LongestNumber) throw Damaged($"a number of {length} bytes");
        var number = new BigInteger(Bytes(length));
        object value = number;
        if (number >= long.MinValue && number <= long.MaxValue) value = (long)number;
        return value;
    }

    private byte Byte() => Bytes(1)[0];

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > pickle.Length - Position) throw Damaged("it ends early");
        Position += count;
        return pickle.Span.Slice(Position - count, count);
    }

    private string Line()
    {
        var length = pickle.Span[Position..].IndexOf((byte)'\n');
        if (length is < 0 or > 200) throw Damaged("a name without an end");
        var line = Text(Bytes(length));
        Position++;
        return line;
    }

    private static string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (ArgumentException)
        {
            throw Damaged("text that is not UTF-8");
        }
    }

    private static FormatException Damaged(string how) => new($"its pickle is damaged ({how})");
}
