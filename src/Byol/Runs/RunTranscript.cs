using System.Globalization;
using System.Text;

namespace Byol.Runs;

/// <summary>The messages of a run, one line each with its time, in <c>log.txt</c> of its folder. A run that is resumed appends. If the file
/// cannot be written, training goes on without it.</summary>
/// <param name="run">The run's folder.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class RunTranscript(string run, TimeProvider clock) : IRunListener
{
    private const int MostShown = 200, MostBytes = 1 << 16, LongestLine = 2000;
    private readonly List<string> _held = [];      // lines of a process that may have nothing left to do
    private bool _hasBegun, _hasLength;

    /// <summary>Where a run keeps it.</summary>
    /// <param name="run">A run folder.</param>
    public static string PathIn(string run) => Path.Combine(run, "log.txt");

    /// <inheritdoc/>
    public void Receive(RunRecord record)
    {
        if (record is not (StepRecord or LengthRecord) || (record is LengthRecord && !_hasLength))
            Add($"step {record.Step}: {(record.NeedsAttention ? "warning: " : "")}{record}");
        _hasLength |= record is LengthRecord;
        if (record is StepRecord or KnnRecord or DiagnosisRecord) Begin();
    }

    /// <summary>Adds how it ended, where anything happened.</summary>
    /// <param name="text">In a line.</param>
    public void End(string text)
    {
        if (_hasBegun) Add(text);
    }

    /// <summary>Adds why it failed.</summary>
    /// <param name="text">In a line.</param>
    public void Fail(string text)
    {
        Begin();
        Add(text);
    }

    /// <summary>The last lines of a run's transcript; empty if there is no transcript, or the file is a link.</summary>
    /// <param name="run">A run folder.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<string> Last(string run)
    {
        if (new FileInfo(PathIn(run)) is not { Exists: true, LinkTarget: null }) return [];
        using var file = new FileStream(PathIn(run), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(0, file.Length - MostBytes);
        var isCut = file.Position > 0;
        var bytes = new byte[MostBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Skip(isCut ? 1 : 0).TakeLast(MostShown).Select(Short)];
    }

    private void Begin()
    {
        _hasBegun = true;
        if (_held.Count > 0) Write(string.Concat(_held));
        _held.Clear();
    }

    private void Add(string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC  {Short(text)}\n");
        if (_hasBegun) Write(line);
        else _held.Add(line);
    }

    private void Write(string line)
    {
        try
        {
            File.AppendAllText(PathIn(run), line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The log of figures says what is wrong with the disk.
        }
    }

    // Names of images may hold anything.
    private static string Short(string text) =>
        string.Concat(text.Take(LongestLine).Select(c => char.IsControl(c) ? ' ' : c)) + (text.Length > LongestLine ? "…" : "");
}
