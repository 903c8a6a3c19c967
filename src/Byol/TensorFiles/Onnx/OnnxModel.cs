using System.Text;

namespace Byol.TensorFiles.Onnx;

/// <summary>A value that enters or leaves an ONNX graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is made of (TensorProto.DataType); 1 is fp32.</param>
/// <param name="Shape">Its sizes, -1 where one is free; null if the model does not say.</param>
internal sealed record OnnxValue(string Name, int Type, IReadOnlyList<long>? Shape);

/// <summary>An ONNX model, read without running it: nodes, constants, inputs and outputs (numbers of fields are onnx.proto's).</summary>
internal sealed class OnnxModel
{
    private const int Graph = 7, Metadata = 14;                                     // ModelProto
    private const int Node = 1, Initializer = 5, Input = 11, Output = 12;           // GraphProto

    // They change nothing if a network is used, only in its training: what they make is called by the name of what they are given.
    private static readonly string[] Transparent = ["Identity", "Dropout", "Cast"];

    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _constants = new(StringComparer.Ordinal);
    private readonly List<OnnxValue> _inputs = [], _outputs = [];

    private OnnxModel(string path) => Path = path;

    /// <summary>The name in messages, beside which values may lie.</summary>
    public string Path { get; }

    /// <summary>Free text by key.</summary>
    public IReadOnlyDictionary<string, string> FreeText => _metadata;

    /// <summary>Nodes in the order of the graph.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Constants by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Constants => _constants;

    /// <summary>What enters; constants do not.</summary>
    public IReadOnlyList<OnnxValue> Inputs => [.. _inputs.Where(i => !_constants.ContainsKey(i.Name))];

    /// <summary>What leaves.</summary>
    public IReadOnlyList<OnnxValue> Outputs => _outputs;

    /// <summary>Whether a file is a model, by its ending: the format has no sign of its own.</summary>
    public static bool IsOne(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or its name in messages.</param>
    /// <param name="bytes">All of it; constants refer to this memory.</param>
    /// <exception cref="InvalidDataException">It is not a whole model.</exception>
    public static OnnxModel Parse(string path, ReadOnlyMemory<byte> bytes)
    {
        var model = new OnnxModel(path);
        try
        {
            for (var fields = new ProtoFields(bytes); fields.Next();)
            {
                if (fields.Field == Graph) model.AddGraph(fields.Content);
                if (fields.Field != Metadata) continue;
                var (key, value) = Entry(fields.Content);
                model._metadata[key] = value;
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"{path} is not a whole ONNX model; use another copy of it.", e);
        }
        model.RequireOrder();
        model.LeaveOutTransparent();
        return model;
    }

    /// <summary>Key and value of a StringStringEntryProto.</summary>
    public static (string Key, string Value) Entry(ReadOnlyMemory<byte> message)
    {
        var (key, value) = ("", "");
        for (var fields = new ProtoFields(message); fields.Next();)
        {
            if (fields.Field == 1) key = Encoding.UTF8.GetString(fields.Content.Span);
            if (fields.Field == 2) value = Encoding.UTF8.GetString(fields.Content.Span);
        }
        return (key, value);
    }

    private void AddGraph(ReadOnlyMemory<byte> graph)
    {
        for (var fields = new ProtoFields(graph); fields.Next();)
        {
            switch (fields.Field)
            {
                case Node:
                    Add(OnnxNode.Parse(fields.Content));
                    break;
                case Initializer:
                    var tensor = OnnxTensor.Parse(Path, fields.Content);
                    _constants[tensor.Name] = tensor;
                    break;
                case Input:
                    _inputs.Add(Value(fields.Content));
                    break;
                case Output:
                    _outputs.Add(Value(fields.Content));
                    break;
            }
        }
    }

    // What a node of kind Constant makes is a constant like any other.
    private void Add(OnnxNode node)
    {
        if (node is { Operation: "Constant", Constant: { } value, Outputs: [var name, ..] })
            _constants[name] = OnnxTensor.Parse(Path, value);
        else _nodes.Add(node);
    }

    // Following values from node to node ends: each node stands behind those that make what it is given, as ONNX needs it.
    private void RequireOrder()
    {
        var later = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in _nodes.AsEnumerable().Reverse())
        {
            later.UnionWith(node.Outputs);
            if (node.Outputs.Count == 0 || node.Inputs.Any(later.Contains))
                throw new InvalidDataException($"{Path} has a graph whose nodes are not in order; use another copy of it.");
        }
    }

    private void LeaveOutTransparent()
    {
        var (all, names) = (_nodes.ToList(), new Dictionary<string, string>(StringComparer.Ordinal));
        _nodes.Clear();
        foreach (var node in all)
        {
            var inputs = node.Inputs.Select(i => names.GetValueOrDefault(i, i)).ToList();
            if (Transparent.Contains(node.Operation) && inputs.Count > 0) names[node.Outputs[0]] = inputs[0];
            else _nodes.Add(node with { Inputs = inputs });
        }
    }

    private static OnnxValue Value(ReadOnlyMemory<byte> message)
    {
        var (name, type) = ("", 0);
        List<long>? shape = null;
        for (var value = new ProtoFields(message); value.Next();)
        {
            if (value.Field == 1) name = Encoding.UTF8.GetString(value.Content.Span);
            if (value.Field != 2) continue;
            for (var kind = new ProtoFields(value.Content); kind.Next();)
            {
                if (kind.Field != 1) continue;      // TypeProto.tensor_type
                for (var tensor = new ProtoFields(kind.Content); tensor.Next();)
                {
                    if (tensor.Field == 1) type = (int)tensor.Number;
                    if (tensor.Field == 2) shape = Shape(tensor.Content);
                }
            }
        }
        return new OnnxValue(name, type, shape);
    }

    private static List<long> Shape(ReadOnlyMemory<byte> message)
    {
        var sizes = new List<long>();
        for (var dimensions = new ProtoFields(message); dimensions.Next();)
        {
            var size = -1L;
            for (var one = new ProtoFields(dimensions.Content); one.Next();)
            {
                if (one.Field == 1) size = (long)one.Number;
            }
            sizes.Add(size);
        }
        return sizes;
    }
}
