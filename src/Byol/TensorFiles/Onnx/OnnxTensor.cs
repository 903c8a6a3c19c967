using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace Byol.TensorFiles.Onnx;

/// <summary>A constant of an ONNX model.</summary>
internal sealed class OnnxTensor
{
    private const int Dims = 1, DataType = 2, FloatData = 4, TensorName = 8, RawData = 9, DoubleData = 10, External = 13;   // TensorProto
    private const int Float = 1;

    private static readonly Dictionary<int, (ScalarType Type, int Size)> Types = new()
    {
        [Float] = (ScalarType.Float32, 4), [10] = (ScalarType.Float16, 2), [11] = (ScalarType.Float64, 8), [16] = (ScalarType.BFloat16, 2),
    };

    private readonly string _model;
    private readonly Dictionary<string, string> _external = [];
    private readonly int _type;
    private readonly ReadOnlyMemory<byte> _data;

    private OnnxTensor(string model, ReadOnlyMemory<byte> message)
    {
        (_model, Name) = (model, "");
        var shape = new List<long>();
        for (var fields = new ProtoFields(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case Dims: shape.AddRange(fields.Numbers()); break;
                case DataType: _type = (int)fields.Number; break;
                case TensorName: Name = Encoding.UTF8.GetString(fields.Content.Span); break;
                case FloatData or RawData or DoubleData: _data = fields.Content; break;
                case External: AddExternal(fields.Content); break;
            }
        }
        Shape = shape;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its shape.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Numbers in it, as many as its bytes hold.</summary>
    public long Elements => Types.TryGetValue(_type, out var type) ? Bytes / type.Size : 0;

    /// <summary>Its values where they lie in the model itself and are fp32; empty otherwise.</summary>
    public ReadOnlySpan<float> Floats => _type == Float ? MemoryMarshal.Cast<byte, float>(_data.Span) : [];

    /// <summary>Reads a constant; its values stay where they are until they are asked for.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="message">The message.</param>
    public static OnnxTensor Parse(string model, ReadOnlyMemory<byte> message) => new(model, message);

    /// <summary>Its values.</summary>
    /// <returns>Of the model's type, on the processor; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">It is not of floating point, or its values are not all there.</exception>
    public Tensor Read()
    {
        if (!Types.TryGetValue(_type, out var type))
            throw new InvalidDataException($"{_model}: tensor {Printable.Of(Name)} is of type {_type}; weights must be floating point.");
        var bytes = Shape.Aggregate((double)type.Size, (product, d) => product * Math.Max(d, 0));      // a double, as it cannot wrap around
        if (bytes != Bytes || Shape.Any(d => d < 0))
        {
            throw new InvalidDataException(
                $"{_model}: tensor {Printable.Of(Name)} has {Bytes} bytes where its shape [{string.Join(',', Shape)}] needs {bytes}; "
                + "use another copy of the model.");
        }
        var value = empty([.. Shape], type.Type);
        if (_external.Count == 0) _data.Span.CopyTo(value.bytes);
        else ReadExternal(value.bytes);
        return value;
    }

    private long Bytes => _external.Count == 0 ? _data.Length : Number("length");

    // Beside the model and nowhere else: its text comes from who knows where.
    private string ExternalPath => _external.GetValueOrDefault("location") is { Length: > 0 } name && Path.GetFileName(name) == name
        && Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_model))!, name) is var path && File.Exists(path) ? path
        : throw new InvalidDataException(
            $"{_model}: the values of tensor {Printable.Of(Name)} lie in "
            + $"{Printable.Of(_external.GetValueOrDefault("location", "no file"))}, which is not beside the model; put it there.");

    private void ReadExternal(Span<byte> bytes)
    {
        using var file = File.OpenHandle(ExternalPath);
        var offset = Number("offset");
        for (var done = 0; done < bytes.Length;)
        {
            var read = offset < 0 ? 0 : RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0)
                throw new InvalidDataException($"{ExternalPath} ends before tensor {Printable.Of(Name)}; use another copy of it.");
            done += read;
        }
    }

    private long Number(string key) =>
        long.TryParse(_external.GetValueOrDefault(key), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private void AddExternal(ReadOnlyMemory<byte> entry)
    {
        var (key, value) = OnnxModel.Entry(entry);
        _external[key] = value;
    }
}
