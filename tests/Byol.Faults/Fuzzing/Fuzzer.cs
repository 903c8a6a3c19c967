using System.Diagnostics;

namespace Byol.Faults.Fuzzing;

/// <summary>An input that broke the rules.</summary>
/// <param name="Seed">Makes it again.</param>
/// <param name="What">What happened.</param>
internal sealed record FuzzFailure(long Seed, string What);

/// <summary>What came of many inputs.</summary>
/// <param name="Inputs">How many were read.</param>
/// <param name="Accepted">Files that were still sound, or damaged where nothing can tell.</param>
/// <param name="MostAllocated">The most that one input made the reader allocate, in bytes beyond its own length.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Failures">What broke the rules.</param>
internal sealed record FuzzResult(long Inputs, long Accepted, long MostAllocated, double Seconds, IReadOnlyList<FuzzFailure> Failures)
{
    public long Rejected => Inputs - Accepted - Failures.Count;
}

/// <summary>Reads damaged files: each must be read or refused as documented, by name, in bounded time and memory.</summary>
internal sealed class Fuzzer : IDisposable
{
    public const long MostMemory = 64 << 20;
    private const int MostFailures = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IFuzzTarget _target;
    private readonly string _folder, _failures;

    /// <param name="target">The reader.</param>
    /// <param name="failures">Where inputs are kept that broke the rules.</param>
    public Fuzzer(IFuzzTarget target, string failures)
    {
        (_target, _failures) = (target, failures);
        _folder = Scratch.New($"fuzz-{target.Name}");
        target.Prepare(_folder);
    }

    /// <summary>Reads the inputs of the seeds from <paramref name="first"/> on.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Told how many are done, now and then.</param>
    public FuzzResult Run(long first, long count, Action<long> progress)
    {
        var (accepted, most, failures) = (0L, 0L, new List<FuzzFailure>());
        var watch = Stopwatch.StartNew();
        var current = new Current(first);
        using var watchdog = new Timer(_ => StopWhereItHangs(current), null, Patience, TimeSpan.FromSeconds(1));
        var done = 0L;
        for (; done < count && failures.Count < MostFailures; done++)
        {
            current.Begin(first + done);
            var input = Input(_target, first + done);
            var (read, allocated, fault) = Try(input);
            if (read) accepted++;
            most = Math.Max(most, allocated);
            if (fault is not null) failures.Add(Keep(first + done, input, fault));
            if (done % 10_000 == 0) progress(done);
        }
        return new FuzzResult(done, accepted, most, watch.Elapsed.TotalSeconds, failures);
    }

    private static FuzzInput Input(IFuzzTarget target, long seed) => target.Mutate(new Random(HashCode(seed)));

    // Random's first numbers of neighboring seeds are alike.
    private static int HashCode(long seed) => (int)((ulong)(seed + 1) * 0x9E3779B97F4A7C15 >> 32);

    private (bool Read, long Allocated, string? Fault) Try(FuzzInput input)
    {
        var path = Path.Combine(_folder, input.File);
        File.WriteAllBytes(path, input.Bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exception? thrown = null;
        try
        {
            _target.Read(path);
        }
        catch (Exception e)
        {
            thrown = e;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before - input.Bytes.Length;
        if (thrown is not null && !_target.IsRefusal(thrown)) return (false, allocated, thrown.ToString());
        if (thrown is not null && !thrown.Message.Contains(path, StringComparison.Ordinal))
            return (false, allocated, $"the refusal does not name the file: {thrown.Message}");
        return (thrown is null, allocated,
            allocated > MostMemory ? $"{allocated:N0} bytes were allocated for {input.Bytes.Length:N0}: {thrown}" : null);
    }

    private FuzzFailure Keep(long seed, FuzzInput input, string fault)
    {
        Directory.CreateDirectory(_failures);
        var file = Path.Combine(_failures, $"{_target.Name}-{seed}");
        File.WriteAllBytes($"{file}-{input.File}", input.Bytes);
        File.WriteAllText($"{file}.txt", fault);
        return new FuzzFailure(seed, fault);
    }

    // A thread cannot be stopped from outside: the process ends.
    private void StopWhereItHangs(Current current)
    {
        if (current.Elapsed < Patience) return;
        Keep(current.Seed, Input(_target, current.Seed), $"not done after {Patience.TotalSeconds} s of work");
        Environment.FailFast($"The {_target.Name} reader hangs on seed {current.Seed}; the input is in {_failures}.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Current(long first)
    {
        private long _seed = first, _start = Worked;

        // This process's own: on a busy machine it may stand still.
        private static long Worked => Environment.CpuUsage.TotalTime.Ticks;

        public long Seed => Volatile.Read(ref _seed);

        public TimeSpan Elapsed => new(Worked - Volatile.Read(ref _start));

        public void Begin(long seed)
        {
            Volatile.Write(ref _seed, seed);
            Volatile.Write(ref _start, Worked);
        }
    }
}
