using Google.Protobuf;

namespace Byol.TensorBoard;

/// <summary>Events as tensorflow/core/util/event.proto and summary.proto have them, as far as TensorBoard needs them of us.</summary>
internal static class EventMessage
{
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, SessionLog = 7;
    private const int Value = 1, Tag = 1, SimpleValue = 2, Image = 4;
    private const int Height = 1, Width = 2, ColorSpace = 3, Encoded = 4, Rgb = 3;
    private const int Status = 1, Start = 1;

    /// <summary>The first event of a file.</summary>
    public static byte[] Version(double time) => Event(time, 0, output => output.String(FileVersion, "brain.Event:2"));

    /// <summary>A process begins at a step: what is there of later steps does not count any more.</summary>
    public static byte[] Begin(double time, long step) =>
        Event(time, step, output => output.Message(SessionLog, log => log.Number(Status, Start)));

    /// <summary>Figures of a step.</summary>
    public static byte[] Scalars(double time, long step, IEnumerable<(string Tag, double Value)> figures) =>
        Event(time, step, output => output.Message(Summary, summary =>
        {
            foreach (var (tag, figure) in figures)
            {
                summary.Message(Value, value =>
                {
                    value.String(Tag, tag);
                    value.Single(SimpleValue, (float)figure);
                });
            }
        }));

    /// <summary>A picture of a step.</summary>
    /// <param name="time">Seconds since 1970.</param>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="tag">What it is called.</param>
    /// <param name="png">A PNG file.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    public static byte[] Picture(double time, long step, string tag, byte[] png, int width, int height) =>
        Event(time, step, output => output.Message(Summary, summary => summary.Message(Value, value =>
        {
            value.String(Tag, tag);
            value.Message(Image, image =>
            {
                image.Number(Height, height);
                image.Number(Width, width);
                image.Number(ColorSpace, Rgb);
                image.Bytes(Encoded, png);
            });
        })));

    private static byte[] Event(double time, long step, Action<CodedOutputStream> what) => Content(output =>
    {
        output.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        output.WriteDouble(time);
        output.Number(Step, step);
        what(output);
    });

    private static byte[] Content(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true)) write(output);
        return memory.ToArray();
    }

    private static void Number(this CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Single(this CodedOutputStream output, int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }

    private static void String(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Message(this CodedOutputStream output, int field, Action<CodedOutputStream> write) =>
        output.Bytes(field, Content(write));

    private static void Bytes(this CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
    }
}
