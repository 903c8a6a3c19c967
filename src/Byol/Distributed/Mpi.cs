using System.Runtime.InteropServices;
using System.Text;

namespace Byol.Distributed;

/// <summary>An MPI library, bound by name: Open MPI, or MPICH and what is compatible with it.</summary>
/// <remarks>
/// Their handles differ, an address here and a number there; both fit into <see cref="nint"/>, with output slots that are zero before.
/// No status is ever asked for, so that its size does not matter. The numbers are those of MPICH's mpi.h, whose binary interface is fixed
/// (https://www.mpich.org/abi); Open MPI exports its objects by name.
/// </remarks>
internal sealed unsafe partial class Mpi
{
    private const int ThreadsMultiple = 3, LongestText = 8192;

    private readonly nint _library, _inPlace, _noStatus, _float, _double, _byte, _sum, _max;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, nint, int> _allreduce;
    private readonly delegate* unmanaged<nint, int, nint, int, nint, int> _bcast;
    private readonly delegate* unmanaged<nint, nint*, int> _ibarrier, _dup;
    private readonly delegate* unmanaged<nint*, int*, nint, int> _test;
    private readonly delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int> _isend, _irecv;
    private readonly delegate* unmanaged<nint, int, int> _abort;

    private Mpi(nint library)
    {
        _library = library;
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world))
        {
            (World, _inPlace, _noStatus) = (world, 1, 0);
            (_float, _double, _byte) = (Export("ompi_mpi_float"), Export("ompi_mpi_double"), Export("ompi_mpi_byte"));
            (_sum, _max) = (Export("ompi_mpi_op_sum"), Export("ompi_mpi_op_max"));
        }
        else
        {
            (World, _inPlace, _noStatus) = (0x44000000, -1, 1);
            (_float, _double, _byte, _sum, _max) = (0x4c00040a, 0x4c00080b, 0x4c00010d, 0x58000003, 0x58000001);
        }
        _allreduce = (delegate* unmanaged<nint, nint, int, nint, nint, nint, int>)Export("MPI_Allreduce");
        _bcast = (delegate* unmanaged<nint, int, nint, int, nint, int>)Export("MPI_Bcast");
        _ibarrier = (delegate* unmanaged<nint, nint*, int>)Export("MPI_Ibarrier");
        _dup = (delegate* unmanaged<nint, nint*, int>)Export("MPI_Comm_dup");
        _test = (delegate* unmanaged<nint*, int*, nint, int>)Export("MPI_Test");
        _isend = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
        _irecv = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
        _abort = (delegate* unmanaged<nint, int, int>)Export("MPI_Abort");
    }

    /// <summary>All ranks.</summary>
    public nint World { get; }

    /// <summary>Whether several threads may call it at the same time.</summary>
    public bool TakesThreads { get; private set; }

    /// <summary>Loads a library and begins; once in a process.</summary>
    /// <param name="names">Tried in this order.</param>
    /// <returns>Null if none is there.</returns>
    public static Mpi? Begin(IEnumerable<string> names)
    {
        foreach (var mpi in Load(names))
        {
            int granted;
            var init = (delegate* unmanaged<nint, nint, int, int*, int>)mpi.Export("MPI_Init_thread");
            Check(init(0, 0, ThreadsMultiple, &granted), "MPI_Init_thread");
            mpi.TakesThreads = granted >= ThreadsMultiple;
            return mpi;
        }
        return null;
    }

    /// <summary>Name and version of each library that this machine has.</summary>
    public static IEnumerable<string> Installed() => Load(Launcher.AllLibraries).Select(mpi => mpi.Version);

    private static IEnumerable<Mpi> Load(IEnumerable<string> names)
    {
        // UCX, which MPICH loads, would take SIGSEGV for itself: a NullReferenceException would then end the process. It asks the
        // environment, of which .NET has a copy.
        if (OperatingSystem.IsLinux()) _ = SetEnvironment("UCX_ERROR_SIGNALS", "", overwrite: 0);
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library)) yield return new Mpi(library);
        }
    }

    /// <summary>Ends it; every rank does.</summary>
    public void End() => Check(((delegate* unmanaged<int>)Export("MPI_Finalize"))(), "MPI_Finalize");

    public int Rank(nint ranks) => Number("MPI_Comm_rank", ranks);

    public int Count(nint ranks) => Number("MPI_Comm_size", ranks);

    /// <summary>The name and version of the library: <c>Open MPI 4.1.4</c>.</summary>
    public string Version => Short(Text("MPI_Get_library_version"));

    /// <summary>The name and version in what a library says of itself, which is of many lines.</summary>
    internal static string Short(string text) => string.Join(' ', text.Split('\n')[0].Split(',')[0].Replace("Version:", "", StringComparison.Ordinal)
        .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Replace(" v", " ", StringComparison.Ordinal);

    /// <summary>The host that this rank runs on.</summary>
    public string Host => Text("MPI_Get_processor_name");

    public void Sum(nint ranks, Span<float> values) => Reduce(ranks, MemoryMarshal.AsBytes(values), values.Length, _float, _sum);

    public void Sum(nint ranks, Span<double> values) => Reduce(ranks, MemoryMarshal.AsBytes(values), values.Length, _double, _sum);

    public void Max(nint ranks, Span<double> values) => Reduce(ranks, MemoryMarshal.AsBytes(values), values.Length, _double, _max);

    public void Broadcast(nint ranks, Span<byte> bytes, int from)
    {
        fixed (byte* p = bytes) Check(_bcast((nint)p, bytes.Length, _byte, from, ranks), "MPI_Bcast");
    }

    public nint Duplicate(nint ranks)
    {
        nint other = 0;
        Check(_dup(ranks, &other), "MPI_Comm_dup");
        return other;
    }

    /// <summary>Begins to wait for all ranks.</summary>
    /// <param name="ranks">They.</param>
    /// <param name="request">Is theirs until <see cref="IsDone"/>; it must not move.</param>
    public void Arrive(nint ranks, nint* request) => Check(_ibarrier(ranks, request), "MPI_Ibarrier");

    /// <summary>Begins to send a byte that is not looked at; memory and request must not move until it <see cref="IsDone"/>.</summary>
    public void Send(nint ranks, byte* from, int to, nint* request) =>
        Check(_isend((nint)from, 1, _byte, to, 0, ranks, request), "MPI_Isend");

    /// <summary>Begins to receive a byte; memory and request must not move until it <see cref="IsDone"/>.</summary>
    public void Receive(nint ranks, byte* to, int from, nint* request) =>
        Check(_irecv((nint)to, 1, _byte, from, 0, ranks, request), "MPI_Irecv");

    public bool IsDone(nint* request)
    {
        int flag;
        Check(_test(request, &flag, _noStatus), "MPI_Test");
        return flag != 0;
    }

    public void Abort(int exitCode) => _ = _abort(World, exitCode);

    private void Reduce(nint ranks, Span<byte> bytes, int count, nint type, nint operation)
    {
        fixed (byte* p = bytes) Check(_allreduce(_inPlace, (nint)p, count, type, operation, ranks), "MPI_Allreduce");
    }

    private int Number(string function, nint ranks)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Export(function))(ranks, &number), function);
        return number;
    }

    private string Text(string function)
    {
        var (text, length) = (new byte[LongestText], 0);
        fixed (byte* p = text) Check(((delegate* unmanaged<byte*, int*, int>)Export(function))(p, &length), function);
        return Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0');
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    // By default MPI ends all processes itself where something fails.
    private static void Check(int error, string function)
    {
        if (error != 0) throw new InvalidOperationException($"{function} failed with error {error}.");
    }

    /// <summary>Ends this process at once, without waiting for its threads.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int exitCode);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
