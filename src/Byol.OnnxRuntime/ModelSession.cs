using Byol.Export;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Byol.OnnxRuntime;

/// <summary>A model that ONNX Runtime runs, given images as our loaders have them: the channels of a pixel side by side.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private float[] _planes = [];   // [n,3,S,S]

    /// <summary>Opens a model.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="model">Its bytes.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime does not read it.</exception>
    public ModelSession(string name, byte[] model)
    {
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = torch.get_num_threads() };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");      // threads that wait leave their core to the loader
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            var cause = e.Message.Split('\n')[0].TrimEnd('.');
            throw new InvalidDataException($"{name} is not a model that ONNX Runtime reads ({cause}); use another copy of it.", e);
        }
    }

    /// <summary>Text by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Whether the model's only input are images of a size, in batches of any size.</summary>
    /// <param name="size">S.</param>
    public bool TakesImages(int size) => _session.InputMetadata.Count == 1
        && _session.InputMetadata.TryGetValue(OnnxWriter.Input, out var input) && input.Dimensions.SequenceEqual([-1, 3, size, size]);

    /// <summary>Whether the model has an output of a shape.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape behind the size of the batch.</param>
    public bool Gives(string name, params int[] shape) =>
        _session.OutputMetadata.TryGetValue(name, out var output) && output.Dimensions.SequenceEqual([-1, .. shape]);

    /// <summary>Runs the model.</summary>
    /// <param name="images">[n,S,S,3].</param>
    /// <param name="count">n.</param>
    /// <param name="size">S.</param>
    /// <param name="outputs">The outputs that are wanted.</param>
    /// <returns>These, in the same order; the caller disposes them.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(ReadOnlySpan<float> images, int count, int size, string[] outputs)
    {
        var length = 3 * size * size;
        if (_planes.Length < count * length) _planes = new float[count * length];
        for (var i = 0; i < count; i++) Separate(images.Slice(i * length, length), _planes.AsSpan(i * length, length));
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _planes.AsMemory(0, count * length), [count, 3, size, size]);
        return _session.Run(_run, [OnnxWriter.Input], [input], outputs);
    }

    // HWC to CHW.
    private static void Separate(ReadOnlySpan<float> pixels, Span<float> planes)
    {
        var plane = pixels.Length / 3;
        for (var channel = 0; channel < 3; channel++)
        {
            var values = planes.Slice(channel * plane, plane);
            for (var i = 0; i < values.Length; i++) values[i] = pixels[3 * i + channel];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
