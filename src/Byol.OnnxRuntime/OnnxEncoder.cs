using System.Security.Cryptography;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Byol.OnnxRuntime;

/// <summary>An encoder that ONNX Runtime runs.</summary>
public sealed class OnnxEncoder : IImageEncoder
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private float[] _planes = [];   // [n,3,S,S]

    private OnnxEncoder(string name, byte[] model)
    {
        Name = name;
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
        try
        {
            var description = EncoderDescription.Parse(name, _session.ModelMetadata.CustomMetadataMap);
            // Weights that are folded have another digest: the model says that of those which it was made from.
            Description = description with { Weights = description.Weights ?? Convert.ToHexStringLower(SHA256.HashData(model)) };
            Preprocessing = description.Preprocessing;
            Dimension = (int)description.Architecture.RepresentationSize;
            RequireInput([-1, 3, Preprocessing.ImageSize, Preprocessing.ImageSize]);
            OnnxWeights.RequireFinite(name, model);
        }
        catch (InvalidDataException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a model that <see cref="OnnxExport"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, a weight is not finite, or it does not say how its input is prepared.
    /// </exception>
    public static OnnxEncoder Open(string path) => new(path, File.ReadAllBytes(path));

    /// <summary>Takes over an encoder's weights, by way of the model that would be exported.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="weights">The encoder; it is disposed.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written as ONNX, or too large for it.</exception>
    public static OnnxEncoder Of(string name, OpenedEncoder weights)
    {
        using var model = new MemoryStream();
        using (weights) OnnxWriter.Write(model, weights.Network, weights.Description);
        return new OnnxEncoder(name, model.ToArray());
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public EncoderDescription Description { get; }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        var (size, floats) = (Preprocessing.ImageSize, count * 3 * Preprocessing.ImageSize * Preprocessing.ImageSize);
        if (_planes.Length < floats) _planes = new float[floats];
        var length = 3 * size * size;
        for (var i = 0; i < count; i++) Separate(images.Slice(i * length, length), _planes.AsSpan(i * length, length));
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _planes.AsMemory(0, floats),
            [count, 3, size, size]);
        using var outputs = _session.Run(_run, [OnnxWriter.Input], [input], [OnnxWriter.Embedding]);
        var rows = outputs[0].GetTensorDataAsSpan<float>()[..(count * Dimension)];
        NonFiniteEmbeddingException.ThrowIfAny(rows, Dimension);
        rows.CopyTo(embeddings);
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

    private void RequireInput(int[] shape)
    {
        if (!_session.InputMetadata.TryGetValue(OnnxWriter.Input, out var input) || !input.Dimensions.SequenceEqual(shape) ||
            !_session.OutputMetadata.TryGetValue(OnnxWriter.Embedding, out var output) || !output.Dimensions.SequenceEqual([-1, Dimension]))
        {
            throw new InvalidDataException(
                $"{Name} has inputs or outputs that differ from its metadata; use a model that Byol wrote.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
