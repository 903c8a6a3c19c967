using Byol.Encoders;
using Byol.Export;
using Microsoft.ML.OnnxRuntime;

namespace Byol.OnnxRuntime;

/// <summary>A model that ONNX Runtime runs, given images as our loaders have them: the channels of a pixel side by side.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private float[] _images = [];   // a batch as the model takes it

    /// <summary>Opens a model.</summary>
    /// <param name="name">The name in messages: its path, beside which its weights may lie.</param>
    /// <param name="model">Its bytes.</param>
    /// <param name="threads">Threads that share an image; 0 for as many as libtorch would take.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime does not read it.</exception>
    public ModelSession(string name, byte[] model, int threads = 0)
    {
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads > 0 ? threads : UsualThreads };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");      // threads that wait leave their core to the loader
            if (Path.GetDirectoryName(Path.GetFullPath(name)) is { Length: > 0 } folder)
                options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            var cause = e.Message.Split('\n')[0].TrimEnd('.');
            throw new InvalidDataException($"{name} is not a model that ONNX Runtime reads ({cause}); use another copy of it.", e);
        }
    }

    // libtorch is not asked: a program that only runs a model need not load it.
    private static int UsualThreads => int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out var number) && number > 0
        ? number : Environment.ProcessorCount;

    /// <summary>Text by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>What goes in, by name.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    /// <summary>What comes out, by name.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    /// <summary>Whether its only input are images of a size, as our models have them, in batches of any size.</summary>
    /// <param name="size">S.</param>
    public bool TakesImages(int size) => Inputs.Count == 1
        && Inputs.TryGetValue(OnnxWriter.Input, out var input) && input.Dimensions.SequenceEqual([-1, 3, size, size]);

    /// <summary>Whether it has an output of a shape.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape behind the size of the batch.</param>
    public bool Gives(string name, params int[] shape) =>
        Outputs.TryGetValue(name, out var output) && output.Dimensions.SequenceEqual([-1, .. shape]);

    /// <summary>Runs the model. One of a fixed batch is given images of nothing for those that are missing.</summary>
    /// <param name="signature">What it is given.</param>
    /// <param name="values">How pixels become what it is given.</param>
    /// <param name="images">[n,S,S,3].</param>
    /// <param name="count">n; of a fixed batch no more than that.</param>
    /// <param name="outputs">The outputs that are wanted.</param>
    /// <returns>These, in the same order; the caller disposes them.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        ModelSignature signature, ImageValues values, ReadOnlySpan<float> images, int count, IReadOnlyCollection<string> outputs)
    {
        var (size, batch) = (signature.ImageSize, signature.Batch ?? count);
        var length = 3 * size * size;
        if (_images.Length < batch * length) _images = new float[batch * length];
        for (var i = 0; i < count; i++) values.Write(images.Slice(i * length, length), _images.AsSpan(i * length, length));
        _images.AsSpan(count * length, (batch - count) * length).Clear();
        long[] shape = signature.Layout == ImageLayout.Nchw ? [batch, 3, size, size] : [batch, size, size, 3];
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _images.AsMemory(0, batch * length), shape);
        return _session.Run(_run, [signature.Input], [input], outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
