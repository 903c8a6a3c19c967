using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Faults.Fuzzing;

/// <summary>Encoders whose header says something else than their weights.</summary>
internal sealed class EncoderTarget : IFuzzTarget
{
    private static readonly TextMutation Header = new(
    [
        "\"8\"", "\"0.5\"", "\"4\"", "\"50\"", "\"200\"", "\"18\"", "\"ImageNet\"", "\"1 1 1\"", "\"0 0 0\"",
        "\"NaN\"", "\"1e9\"", "\"-1\"", "8", "200", "152", "0.25", "F16", "F64", " ", "-", "\"image_size\":",
    ]);

    private readonly byte[] _sound = Sound();

    public string Name => "encoder";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random) =>
        new("x.safetensors", random.Next(10) == 0 ? _sound : SafetensorsTarget.WithHeader(random, _sound, Header));

    public void Read(string path)
    {
        using var scope = NewDisposeScope();
        EncoderFile.Open(path, CPU);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    private static byte[] Sound()
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        var options = new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.Small };
        using var encoder = options.Create(weights);
        using var stream = new MemoryStream();
        EncoderWriter.Write(stream, encoder, new(options, new Preprocessing(16, 1, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25])));
        return stream.ToArray();
    }
}
