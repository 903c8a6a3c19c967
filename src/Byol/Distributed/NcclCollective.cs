using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>Ranks with a GPU each: tensors there are added up by NCCL, from GPU to GPU, and everything else as before.</summary>
/// <param name="nccl">The library.</param>
/// <param name="host">How ranks exchange what lies in the processor's memory.</param>
internal sealed class NcclCollective(Nccl nccl, ICollective host) : ICollective
{
    private readonly nint _communicator = nccl.Join(host);

    public int Rank => host.Rank;

    public int Count => host.Count;

    /// <summary>Ranks as a device needs them: a processor has all it needs, and if there is no NCCL a GPU's tensors go by way of the
    /// processor's memory, which is slow.</summary>
    /// <param name="host">How they exchange what lies in the processor's memory.</param>
    /// <param name="device">Where this rank computes; its process's current GPU.</param>
    /// <param name="libraries">Names of the library, tried in this order.</param>
    public static ICollective Over(ICollective host, Device device, IEnumerable<string> libraries)
    {
        if (host.Count == 1 || device.type == TorchSharp.DeviceType.CPU) return host;
        var nccl = Nccl.Load(libraries);
        Span<double> missing = [nccl is null ? 1 : 0];
        host.Max(missing);                              // all have it, or none uses it
        return missing[0] > 0 ? host : new NcclCollective(nccl!, host);
    }

    public void Sum(Tensor values)
    {
        if (values.device_type == TorchSharp.DeviceType.CPU) host.Sum(values);
        else nccl.Sum(_communicator, Address(values), values.numel(), values.dtype == ScalarType.Float64);
    }

    public void Sum(Span<double> values) => host.Sum(values);

    public void Max(Span<double> values) => host.Max(values);

    public void Broadcast(Span<byte> bytes, int from) => host.Broadcast(bytes, from);

    public ICollective Duplicate() => new NcclCollective(nccl, host.Duplicate());

    public void Abort(int exitCode)
    {
        nccl.Abort(_communicator);
        host.Abort(exitCode);
    }

    private static nint Address(Tensor values) => (values.dtype == ScalarType.Float64
        ? values.storage<double>().data_ptr() : values.storage<float>().data_ptr()) + (nint)(values.storage_offset() * values.element_size());
}
