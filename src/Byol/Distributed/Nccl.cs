using System.Runtime.InteropServices;

namespace Byol.Distributed;

/// <summary>NVIDIA's NCCL, bound by name from its C header.</summary>
/// <remarks>It has not been run on GPUs: tests call a library of the same functions that is compiled for them.</remarks>
internal sealed unsafe class Nccl
{
    private const int IdBytes = 128, Float32 = 7, Float64 = 8, SumOperation = 0;

    /// <summary>What ranks find one another by; passed by value.</summary>
    private struct UniqueId
    {
        public fixed byte Bytes[IdBytes];
    }

    private readonly delegate* unmanaged<UniqueId*, int> _uniqueId;
    private readonly delegate* unmanaged<nint*, int, UniqueId, int, int> _join;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<int, byte*> _error;
    private readonly delegate* unmanaged<nint, int> _abort;

    private Nccl(nint library)
    {
        _uniqueId = (delegate* unmanaged<UniqueId*, int>)NativeLibrary.GetExport(library, "ncclGetUniqueId");
        _join = (delegate* unmanaged<nint*, int, UniqueId, int, int>)NativeLibrary.GetExport(library, "ncclCommInitRank");
        _allReduce =
            (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllReduce");
        _error = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "ncclGetErrorString");
        _abort = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "ncclCommAbort");
    }

    /// <summary>Set to <c>off</c> where ranks share a GPU, which it refuses.</summary>
    public const string Variable = "BYOL_NCCL";

    /// <summary>Where it may be: inside libtorch's CUDA library, or beside it.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        Environment.GetEnvironmentVariable(Variable) == "off" ? [] : ["libtorch_cuda.so", "libnccl.so.2"];

    /// <summary>Loads it; null if it is not there.</summary>
    /// <param name="names">Tried in this order.</param>
    public static Nccl? Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "ncclAllReduce", out _))
                return new Nccl(library);
        }
        return null;
    }

    /// <summary>Joins the ranks, each with the GPU that is its process's current one.</summary>
    /// <param name="ranks">They, by another way.</param>
    /// <returns>NCCL's communicator.</returns>
    public nint Join(ICollective ranks)
    {
        UniqueId id = default;
        if (ranks.IsFirst) Check(_uniqueId(&id));
        ranks.Broadcast(MemoryMarshal.AsBytes(new Span<UniqueId>(ref id)));
        nint communicator = 0;
        Check(_join(&communicator, ranks.Count, id, ranks.Rank));
        return communicator;
    }

    /// <summary>Adds up over all ranks, in place, on libtorch's own stream: what follows there waits for it, and the process does
    /// not.</summary>
    /// <param name="communicator">Of <see cref="Join"/>.</param>
    /// <param name="values">The GPU's memory.</param>
    /// <param name="count">How many values.</param>
    /// <param name="isDouble">Whether they are fp64 rather than fp32.</param>
    public void Sum(nint communicator, nint values, long count, bool isDouble) => Check(
        _allReduce(values, values, (nuint)count, isDouble ? Float64 : Float32, SumOperation, communicator, 0));

    public void Abort(nint communicator) => _ = _abort(communicator);

    private void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"NCCL: {Marshal.PtrToStringUTF8((nint)_error(result))}.");
    }
}
