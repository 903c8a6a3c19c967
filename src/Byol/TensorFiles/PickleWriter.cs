using System.Globalization;
using System.Text;

namespace Byol.TensorFiles;

/// <summary>Writes the one pickle that we need: an ordered dictionary of contiguous fp32 tensors, each with a storage of its own.</summary>
/// <remarks>Opcodes are those of Python's pickletools, protocol 2.</remarks>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>The pickle of a state dictionary; the storage of the i-th tensor has the key i.</summary>
    public static byte[] StateDictionary(IReadOnlyList<(string Name, long[] Shape)> tensors)
    {
        var pickle = new PickleWriter();
        pickle.Code(0x80).Code(2);
        pickle.OrderedDictionary().Code('(');
        for (var i = 0; i < tensors.Count; i++) pickle.Text(tensors[i].Name).Tensor(i, tensors[i].Shape);
        pickle.Code('u').Code('.');
        return [.. pickle._bytes];
    }

    private PickleWriter Tensor(int key, long[] shape)
    {
        var strides = new long[shape.Length];
        var elements = 1L;
        for (var i = shape.Length - 1; i >= 0; i--) (strides[i], elements) = (elements, elements * shape[i]);

        Global("torch._utils", "_rebuild_tensor_v2").Code('(');
        Code('(').Text("storage").Global("torch", "FloatStorage").Text(key.ToString(CultureInfo.InvariantCulture)).Text("cpu")
            .Number(elements).Code('t').Code('Q');
        Number(0).Numbers(shape).Numbers(strides).Code(0x89);   // offset, shape, strides, requires_grad = False
        return OrderedDictionary().Code('t').Code('R');           // no backward hooks
    }

    private PickleWriter OrderedDictionary() => Global("collections", "OrderedDict").Code(')').Code('R');

    private PickleWriter Global(string module, string name) => Code('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    private PickleWriter Numbers(long[] values)
    {
        Code('(');
        foreach (var value in values) Number(value);
        return Code('t');
    }

    private PickleWriter Number(long value) =>
        value <= int.MaxValue ? Code('J').Raw(BitConverter.GetBytes((int)value)) : Code(0x8a).Code(8).Raw(BitConverter.GetBytes(value));

    private PickleWriter Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Code('X').Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    private PickleWriter Code(int code)
    {
        _bytes.Add((byte)code);
        return this;
    }

    private PickleWriter Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
