using System.Runtime.InteropServices;

namespace Byol.Export;

/// <summary>Nodes and constants of an ONNX graph, as messages of onnx.proto3 (numbers of fields and types are that file's).</summary>
internal sealed class OnnxGraph
{
    public const long Float = 1, Int64 = 7;   // TensorProto.DataType

    private const int AttributeFloat = 1, AttributeInt = 2, AttributeInts = 7;   // AttributeProto.AttributeType

    private readonly ProtoMessage _graph = new ProtoMessage().Add(2, "encoder");

    /// <summary>The whole graph; inputs and outputs are declared last.</summary>
    public ProtoMessage Message => _graph;

    /// <summary>Adds a node of one output, which bears the node's name.</summary>
    public string Node(string operation, string name, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new ProtoMessage();
        foreach (var input in inputs) node.Add(1, input);
        node.Add(2, name).Add(3, name).Add(4, operation);
        foreach (var (key, value) in attributes) node.Add(5, Attribute(key, value));
        _graph.Add(1, node);
        return name;
    }

    /// <summary>Adds a node that gives the largest values along the last axis, largest first; where they are is not used.</summary>
    public string TopK(string name, string input, string count)
    {
        _graph.Add(1, new ProtoMessage().Add(1, input).Add(1, count).Add(2, name).Add(2, $"{name}.places").Add(3, name).Add(4, "TopK"));
        return name;
    }

    /// <summary>Adds a constant.</summary>
    public string Constant(string name, float[] values, params long[] shape) =>
        Constant(name, Float, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    /// <summary>Adds a constant of whole numbers.</summary>
    public string Constant(string name, long[] values, params long[] shape) =>
        Constant(name, Int64, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    private string Constant(string name, long type, byte[] values, long[] shape)
    {
        var tensor = new ProtoMessage();
        foreach (var size in shape) tensor.Add(1, size);
        tensor.Add(2, type).Add(8, name).Add(9, values);
        _graph.Add(5, tensor);
        return name;
    }

    /// <summary>Declares the graph's input.</summary>
    public void Input(string name, params object[] shape) => _graph.Add(11, Value(name, Float, shape));

    /// <summary>Declares one of the graph's outputs.</summary>
    public void Output(string name, params object[] shape) => _graph.Add(12, Value(name, Float, shape));

    /// <summary>Declares one of the graph's outputs, of whole numbers.</summary>
    public void OutputOfInt64(string name, params object[] shape) => _graph.Add(12, Value(name, Int64, shape));

    // A size is a number, or a name where it is free.
    private static ProtoMessage Value(string name, long type, object[] sizes)
    {
        var shape = new ProtoMessage();
        foreach (var size in sizes)
            shape.Add(1, size is string free ? new ProtoMessage().Add(2, free) : new ProtoMessage().Add(1, Convert.ToInt64(size)));
        var tensor = new ProtoMessage().Add(1, type).Add(2, shape);
        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, tensor));
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        var attribute = new ProtoMessage().Add(1, name);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, AttributeFloat);
            case long number:
                return attribute.Add(3, number).Add(20, AttributeInt);
            default:
                foreach (var number in (long[])value) attribute.Add(8, number);
                return attribute.Add(20, AttributeInts);
        }
    }
}
