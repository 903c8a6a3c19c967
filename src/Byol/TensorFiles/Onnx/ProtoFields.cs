namespace Byol.TensorFiles.Onnx;

/// <summary>The fields of a protocol buffer message, one after the other and in place: a model may have 2 GiB.</summary>
/// <param name="message">The whole message. Slices throw <see cref="ArgumentOutOfRangeException"/> where they would leave it.</param>
internal struct ProtoFields(ReadOnlyMemory<byte> message)
{
    private ReadOnlyMemory<byte> _rest = message;
    private bool _isNumber;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, if it is of wire type 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes, if it is of another.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        (Number, Content) = (0, default);
        if (_rest.IsEmpty) return false;
        var key = Varint(ref _rest);
        Field = (int)(key >> 3);
        var wire = key & 7;
        _isNumber = wire == 0;
        if (_isNumber)
        {
            Number = Varint(ref _rest);
            return true;
        }
        var length = wire switch { 1 => 8UL, 2 => Varint(ref _rest), 5 => 4UL, _ => ulong.MaxValue };
        Content = _rest[..(int)Math.Min(length, int.MaxValue)];
        _rest = _rest[Content.Length..];
        return true;
    }

    /// <summary>The numbers of a repeated field, one or packed into bytes.</summary>
    public readonly IEnumerable<long> Numbers()
    {
        if (_isNumber) return [(long)Number];
        var numbers = new List<long>();
        for (var rest = Content; !rest.IsEmpty;) numbers.Add((long)Varint(ref rest));
        return numbers;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = message.Span[..1][0];
            message = message[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) break;
        }
        return value;
    }
}
