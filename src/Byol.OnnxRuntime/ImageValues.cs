using Byol.Encoders;

namespace Byol.OnnxRuntime;

/// <summary>Pixels of 0 to 1, red first and side by side, as a model takes them.</summary>
internal sealed class ImageValues
{
    private const int Channels = 3;

    private readonly ImageLayout _layout;
    private readonly int[] _sources;            // of each channel of the model, ours
    private readonly float[]? _factor, _offset; // of each channel of the model; null if pixels are not changed

    /// <summary>Takes pixels as they are, in planes.</summary>
    public ImageValues() => (_layout, _sources) = (ImageLayout.Nchw, [0, 1, 2]);

    /// <param name="layout">The order of values.</param>
    /// <param name="input">Scale, mean, standard deviation, and the order of colors.</param>
    public ImageValues(ImageLayout layout, ModelInput input)
    {
        (_layout, _sources) = (layout, input.Color == ColorOrder.Rgb ? [0, 1, 2] : [2, 1, 0]);
        _factor = [.. _sources.Select(c => (float)(input.Scale / input.StandardDeviation[c]))];
        _offset = [.. _sources.Select(c => (float)(-input.Mean[c] / input.StandardDeviation[c]))];
    }

    /// <summary>Writes one image.</summary>
    /// <param name="pixels">[S,S,3].</param>
    /// <param name="values">As many.</param>
    public void Write(ReadOnlySpan<float> pixels, Span<float> values)
    {
        var plane = pixels.Length / Channels;
        for (var channel = 0; channel < Channels; channel++)
        {
            var (source, factor, offset) = (_sources[channel], _factor?[channel] ?? 1, _offset?[channel] ?? 0);
            var (start, step) = _layout == ImageLayout.Nchw ? (channel * plane, 1) : (channel, Channels);
            for (var i = 0; i < plane; i++) values[start + i * step] = pixels[Channels * i + source] * factor + offset;
        }
    }
}
