using Google.Protobuf;

namespace Byol.Export;

/// <summary>Makes any value of a graph an output of its model.</summary>
internal static class OnnxOutput
{
    private const int Graph = 7, Output = 12, Name = 1;

    /// <summary>A model with one more output. Messages of protocol buffers are joined by writing one behind the other, so that nothing of
    /// the model is read or changed.</summary>
    /// <param name="model">All bytes of the model.</param>
    /// <param name="value">The value's name.</param>
    public static byte[] Add(byte[] model, string value)
    {
        using var stream = new MemoryStream(model.Length + value.Length + 16);
        stream.Write(model);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            new ProtoMessage().Add(Graph, new ProtoMessage().Add(Output, new ProtoMessage().Add(Name, value))).WriteTo(output);
        return stream.ToArray();
    }
}
