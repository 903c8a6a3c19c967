using Google.Protobuf;

namespace Byol.Export;

/// <summary>A protocol buffer message as a list of fields by number, for the dozen message types of ONNX that we write.</summary>
/// <remarks>Sizes add up while fields are added, so that the file is written in one pass and weights are not copied on the way.</remarks>
internal sealed class ProtoMessage
{
    private readonly List<Action<CodedOutputStream>> _fields = [];

    /// <summary>Bytes of all fields; a message of protocol buffers ends at 2 GiB.</summary>
    public long Size { get; private set; }

    public ProtoMessage Add(int field, long value)
    {
        return Add(field, CodedOutputStream.ComputeInt64Size(value), WireFormat.WireType.Varint, output => output.WriteInt64(value));
    }

    public ProtoMessage Add(int field, float value) =>
        Add(field, CodedOutputStream.ComputeFloatSize(value), WireFormat.WireType.Fixed32, output => output.WriteFloat(value));

    public ProtoMessage Add(int field, string text) =>
        Add(field, CodedOutputStream.ComputeStringSize(text), WireFormat.WireType.LengthDelimited, output => output.WriteString(text));

    public ProtoMessage Add(int field, ReadOnlyMemory<byte> bytes)
    {
        var content = UnsafeByteOperations.UnsafeWrap(bytes);
        return Add(field, CodedOutputStream.ComputeBytesSize(content), WireFormat.WireType.LengthDelimited,
            output => output.WriteBytes(content));
    }

    public ProtoMessage Add(int field, ProtoMessage message)
    {
        var prefix = CodedOutputStream.ComputeInt64Size(message.Size);
        return Add(field, prefix + message.Size, WireFormat.WireType.LengthDelimited, output =>
        {
            output.WriteInt64(message.Size);
            message.WriteTo(output);
        });
    }

    public void WriteTo(CodedOutputStream output)
    {
        foreach (var field in _fields) field(output);
    }

    private ProtoMessage Add(int field, long size, WireFormat.WireType type, Action<CodedOutputStream> write)
    {
        Size += CodedOutputStream.ComputeTagSize(field) + size;
        _fields.Add(output =>
        {
            output.WriteTag(field, type);
            write(output);
        });
        return this;
    }
}
