using System.Buffers.Binary;
using System.Text;

namespace Byol.TensorFiles.Onnx;

/// <summary>A node of an ONNX graph.</summary>
/// <param name="Operation">What it does, <c>Conv</c> for instance.</param>
/// <param name="Inputs">Names of values; empty if an optional one is left out.</param>
/// <param name="Outputs">Names of values.</param>
internal sealed record OnnxNode(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    private const int Input = 1, Output = 2, OperationType = 4, Attribute = 5;                                  // NodeProto
    private const int Name = 1, FloatValue = 2, IntValue = 3, TextValue = 4, TensorValue = 5, IntValues = 8;    // AttributeProto

    private readonly Dictionary<string, object> _attributes = new(StringComparer.Ordinal);

    /// <summary>An attribute of whole numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What the node means without it.</param>
    public IReadOnlyList<long> Whole(string name, params long[] otherwise) => _attributes.GetValueOrDefault(name) switch
    {
        long[] numbers => numbers,
        long number => [number],
        _ => otherwise,
    };

    /// <summary>An attribute that is one number.</summary>
    public float Number(string name, float otherwise) => _attributes.GetValueOrDefault(name) as float? ?? otherwise;

    /// <summary>An attribute that is text; null if there is none.</summary>
    public string? Text(string name) => _attributes.GetValueOrDefault(name) as string;

    /// <summary>The value of a node of kind <c>Constant</c>, as a message; null if it is not a tensor.</summary>
    public ReadOnlyMemory<byte>? Constant => _attributes.GetValueOrDefault("value") as ReadOnlyMemory<byte>?;

    /// <summary>Reads a node.</summary>
    public static OnnxNode Parse(ReadOnlyMemory<byte> message)
    {
        var (operation, inputs, outputs) = ("", new List<string>(), new List<string>());
        var attributes = new List<ReadOnlyMemory<byte>>();
        for (var fields = new ProtoFields(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case Input: inputs.Add(Encoding.UTF8.GetString(fields.Content.Span)); break;
                case Output: outputs.Add(Encoding.UTF8.GetString(fields.Content.Span)); break;
                case OperationType: operation = Encoding.UTF8.GetString(fields.Content.Span); break;
                case Attribute: attributes.Add(fields.Content); break;
            }
        }
        var node = new OnnxNode(operation, inputs, outputs);
        foreach (var attribute in attributes) node.Add(attribute);
        return node;
    }

    private void Add(ReadOnlyMemory<byte> attribute)
    {
        var (name, numbers) = ("", new List<long>());
        object? value = null;
        for (var fields = new ProtoFields(attribute); fields.Next();)
        {
            switch (fields.Field)
            {
                case Name: name = Encoding.UTF8.GetString(fields.Content.Span); break;
                case FloatValue: value = BinaryPrimitives.ReadSingleLittleEndian(fields.Content.Span); break;
                case IntValue: value = (long)fields.Number; break;
                case TextValue: value = Encoding.UTF8.GetString(fields.Content.Span); break;
                case TensorValue: value = fields.Content; break;
                case IntValues: numbers.AddRange(fields.Numbers()); break;
            }
        }
        if ((value ?? (numbers.Count > 0 ? numbers.ToArray() : null)) is { } known) _attributes[name] = known;
    }
}
