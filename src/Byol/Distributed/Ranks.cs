using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>The processes that train one run together, as mpirun or srun started them; a single process otherwise.</summary>
/// <remarks>The environment says which they are. MPI is loaded when a run first needs it, and never for a single process.</remarks>
public sealed class Ranks
{
    private static readonly TimeSpan AbortTakes = TimeSpan.FromSeconds(2);
    private readonly Lazy<Joined> _joined;
    private volatile bool _hasFailed;

    private Ranks(Launcher launcher)
    {
        Launcher = launcher;
        _joined = new Lazy<Joined>(Join);
    }

    private sealed record Joined(
        ICollective Collective, string Library, IReadOnlyList<string> Hosts, IReadOnlyList<string> Cores, Watchdog? Watchdog);

    /// <summary>The ranks of this process.</summary>
    public static Ranks Current { get; } = new(Launcher.Of(Environment.GetEnvironmentVariable));

    /// <summary>The rank of this process, from 0. Only the first writes the run's folder, and only its records are complete.</summary>
    public int Rank => Launcher.Rank;

    /// <summary>The number of ranks; 1 for a single process.</summary>
    public int Count => Launcher.Count;

    /// <summary>How long a rank may give no sign of life before the others end.</summary>
    internal TimeSpan SilenceLimit { get; private set; } = TimeSpan.FromMinutes(1);

    /// <summary>The launcher that started them.</summary>
    internal Launcher Launcher { get; }

    /// <summary>How they exchange data.</summary>
    /// <exception cref="InvalidOperationException">The launcher's MPI library cannot be loaded, or its ranks differ from the
    /// launcher's.</exception>
    internal ICollective Collective => _joined.Value.Collective;

    /// <summary>Why a frozen rank would not be noticed; null if it would.</summary>
    internal string? Unwatched => Count == 1 || _joined.Value.Watchdog is not null ? null
        : $"{Library} does not take calls of several threads: a rank that freezes is not noticed.";

    /// <summary>The MPI library with its version; empty for a single process.</summary>
    internal string Library => _joined.Value.Library;

    /// <summary>The host of each rank.</summary>
    internal IReadOnlyList<string> Hosts => _joined.Value.Hosts;

    /// <summary>The cores of each rank.</summary>
    internal IReadOnlyList<string> Cores => _joined.Value.Cores;

    /// <summary>The device of this rank; if the host has several GPUs, each of its ranks takes another.</summary>
    /// <param name="device">The device that a single process would take.</param>
    internal Device Place(Device device) => Count > 1 && device.type == TorchSharp.DeviceType.CUDA
        ? new Device(TorchSharp.DeviceType.CUDA, Launcher.LocalRank % cuda.device_count()) : device;

    /// <summary>Sets how long a rank may give no sign of life before the others end (a minute by default), because its process is frozen or
    /// the network is cut.</summary>
    /// <param name="limit">Some seconds or more: a busy machine may keep a process waiting.</param>
    public void LimitSilence(TimeSpan limit) => SilenceLimit = limit;

    /// <summary>Ends all ranks at once, without saving. With one rank, or before a run has begun, it ends this process alone.</summary>
    /// <param name="exitCode">The exit code of the launcher.</param>
    public void Abort(int exitCode)
    {
        Fail();
        if (Count > 1 && _joined.IsValueCreated)
        {
            // MPI may wait for the launcher, and that may be out of reach.
            new Thread(() =>
            {
                Thread.Sleep(AbortTakes);
                Mpi.Exit(exitCode);
            }) { IsBackground = true }.Start();
            _joined.Value.Collective.Abort(exitCode);
        }
        Environment.Exit(exitCode);
    }

    /// <summary>A run has failed on this rank: it gives no more signs of life, and does not wait for the others at its end.</summary>
    internal void Fail()
    {
        _hasFailed = true;
        if (_joined.IsValueCreated) _joined.Value.Watchdog?.FallSilent();
    }

    private Joined Join()
    {
        if (Count == 1) return new Joined(SingleProcess.Instance, "", [Environment.MachineName], [Distributed.Cores.Allowed], null);
        var mpi = Mpi.Begin(Launcher.Libraries) ?? throw new InvalidOperationException(
            $"{Launcher.Name} started {Count} processes, and {string.Join(" or ", Launcher.Libraries)} cannot be loaded; "
            + "install the MPI library that it belongs to, or start one process without it.");
        var ranks = new MpiCollective(mpi, mpi.World);
        if (ranks.Count != Count)
        {
            throw new InvalidOperationException($"{Launcher.Name} started {Count} processes, and {mpi.Version} sees {ranks.Count}; "
                + "start them with the launcher of that library; srun has an option, mpi, that says which it is.");
        }
        var (hosts, cores) = (Gather(ranks, mpi.Host), Gather(ranks, Distributed.Cores.Allowed));
        Distributed.Cores.Share([.. hosts.Zip(cores, (host, own) => $"{host} {own}")], Rank);
        var watchdog = mpi.TakesThreads ? new Watchdog(mpi, mpi.Duplicate(mpi.World), () => SilenceLimit, EndForSilence) : null;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave(mpi, watchdog);
        return new Joined(ranks, mpi.Version, hosts, cores, watchdog);

        void EndForSilence(int rank, TimeSpan silence)
        {
            using var error = Console.OpenStandardError();      // the program may have redirected Console.Error
            error.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"Rank {rank} on {hosts[rank]} has given no sign of life for {silence.TotalSeconds:0} s, so all ranks end; "
                + $"resume the run from its last checkpoint.\n")));
            Abort(1);
        }
    }

    private static List<string> Gather(ICollective ranks, string own) =>
        [.. Enumerable.Range(0, ranks.Count).Select(r => Encoding.UTF8.GetString(ranks.Broadcast(Encoding.UTF8.GetBytes(own), r)))];

    // A rank that ends must finalize MPI, or the launcher counts it as a failure.
    private void Leave(Mpi mpi, Watchdog? watchdog)
    {
        if (_hasFailed) return;
        watchdog?.Dispose();
        mpi.End();
    }
}
