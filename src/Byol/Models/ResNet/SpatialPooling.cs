using static TorchSharp.torch;

namespace Byol.Models.ResNet;

/// <summary>How the last feature map of a <see cref="ResNet"/> becomes a representation.</summary>
public enum SpatialPooling
{
    /// <summary>The mean of each channel over the image, as in the paper. It describes the image as a whole.</summary>
    Mean,

    /// <summary>The mean of each channel, followed by the maximum, so that the rest of the image does not dilute what is in one place
    /// alone.</summary>
    MeanMax,
}

/// <summary>The last operation of the network.</summary>
internal static class SpatialPoolings
{
    private static readonly long[] Places = [2, 3];

    /// <summary>Numbers in a representation for each channel.</summary>
    public static int PerChannel(this SpatialPooling pooling) => pooling == SpatialPooling.MeanMax ? 2 : 1;

    /// <summary>Pools.</summary>
    /// <param name="pooling">How.</param>
    /// <param name="map">[B,C,h,w].</param>
    /// <returns>[B,C], or [B,2C]; it requires a gradient if the map does.</returns>
    public static Tensor Apply(this SpatialPooling pooling, Tensor map)
    {
        if (pooling == SpatialPooling.Mean) return map.mean(Places);
        using var mean = map.mean(Places);
        using var most = map.amax(Places);
        return cat([mean, most], 1);
    }
}
