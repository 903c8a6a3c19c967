using System.Buffers.Binary;
using System.Diagnostics;

namespace Byol.Faults.Trials;

/// <summary>A run that takes a second, and what comes of it when nothing happens: 512 images of 16 px, an encoder of 8 channels, 64 steps,
/// five or more saves; the log's lines do not fall together with the saves.</summary>
internal sealed class Fixture : IDisposable
{
    public const int Steps = 64, Interval = 16;
    private const int Images = 512, Validation = 64, Side = 16;

    private readonly string _folder = Scratch.New("faults");
    private readonly Trial _quiet;

    public Fixture()
    {
        Data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        Write("train", Images, seed: 1);
        Write("t10k", Validation, seed: 2);
        _quiet = New();
        var (trace, watch) = (Path.Combine(_folder, "trace"), Stopwatch.StartNew());
        var result = Tool.Run([.. Syscalls.Available ? Syscalls.Noting(trace) : [], .. _quiet.Command(resume: false)], _quiet.Work);
        Time = watch.Elapsed;
        if (result.Code != 0) throw new InvalidOperationException($"The quiet run failed: {result.Error}");
        Expected = RunState.Digests(_quiet.Run);
        Calls = Syscalls.Available ? Syscalls.Read(trace, _quiet.Run) : null;
    }

    /// <summary>The images' folder.</summary>
    public string Data { get; }

    /// <summary>What every run must come to.</summary>
    public SortedDictionary<string, string> Expected { get; }

    /// <summary>What the quiet run asked of the system for its folder; null where there is no strace.</summary>
    public List<Syscall>? Calls { get; }

    /// <summary>How long the quiet run took.</summary>
    public TimeSpan Time { get; }

    /// <summary>A run that has not begun.</summary>
    public Trial New() => new(this, Scratch.New("trial"));

    /// <summary>A finished run: a copy of the quiet one.</summary>
    public Trial Finished()
    {
        var trial = New();
        foreach (var file in Directory.GetFiles(_quiet.Run, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(trial.Run, Path.GetRelativePath(_quiet.Run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return trial;
    }

    /// <summary>What is typed for it.</summary>
    public IEnumerable<string> Arguments(string run, bool resume) =>
    [
        "pretrain", "--data", Data, "--validation", $"{Data}:test", "--out", run, .. resume ? (string[])["--resume"] :
        [
            "--recipe", "quickstart", "--encoder", "resnet18x0.125", "--epochs", "4", "--batch-size", "32", "--image-size", "16",
            "--precision", "float32", "--checkpoint-every", $"{Interval} steps",
            "--set", "method.projector_hidden=16", "--set", "method.projection_size=8", "--set", "method.predictor_hidden=16",
            "--set", "training.log_every_steps=5", "--set", "training.loader_threads=1", "--set", "training.evaluate_every_epochs=2",
        ],
    ];

    private void Write(string prefix, int count, int seed)
    {
        var random = new Random(seed);
        var (images, labels) = (new byte[16 + count * Side * Side], new byte[8 + count]);
        foreach (var (bytes, words) in ((byte[], int[])[])[(images, [0x803, count, Side, Side]), (labels, [0x801, count])])
        {
            for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        }
        random.NextBytes(images.AsSpan(16));
        for (var i = 0; i < count; i++) labels[8 + i] = (byte)(i % 10);
        File.WriteAllBytes(Path.Combine(Data, $"{prefix}-images-idx3-ubyte"), images);
        File.WriteAllBytes(Path.Combine(Data, $"{prefix}-labels-idx1-ubyte"), labels);
    }

    public void Dispose()
    {
        _quiet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
