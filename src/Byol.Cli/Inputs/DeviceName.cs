using System.Globalization;
using Byol.Distributed;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Cli.Inputs;

/// <summary>A device as it is typed.</summary>
internal static class DeviceName
{
    /// <summary>From its name to the device; null for the default.</summary>
    /// <param name="typed">cpu, cuda or cuda:1; null if nothing was typed.</param>
    /// <returns>Null for cuda as well, if several processes train together: each has a GPU of its own.</returns>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static Device? Parse(string? typed)
    {
        if (typed is null) return null;
        if (typed == "cpu") return CPU;
        var parts = typed.Split(':');
        var number = parts is ["cuda", var which] ? which : "0";
        if (parts is not (["cuda"] or ["cuda", _]) || !int.TryParse(number, CultureInfo.InvariantCulture, out var index) || index < 0)
            throw new ArgumentException($"--device {typed} is not known; use cpu, cuda, or cuda:1 for the second GPU.");
        _ = TorchRuntime.DefaultDevice;     // libtorch, repaired where that is needed
        var count = cuda.is_available() ? cuda.device_count() : 0;
        if (index >= count)
        {
            throw new ArgumentException(count == 0
                ? $"--device {typed}: there is no GPU here, or this build has no CUDA; use cpu, or a build with -p:TorchBackend=cuda."
                : $"--device {typed}: this machine has {count} GPUs, cuda:0 to cuda:{count - 1}; use one of them.");
        }
        if (Ranks.Current.Count == 1) return new Device(TorchSharp.DeviceType.CUDA, index);
        return parts is ["cuda"] ? null : throw new ArgumentException(
            $"--device {typed} is one GPU, and {Ranks.Current.Count} processes were started; leave it out, and each takes a GPU of its own.");
    }
}
