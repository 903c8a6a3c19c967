using System.Globalization;
using System.Text;
using System.Text.Json;
using Byol.Runs;

namespace Byol.Comparison;

/// <summary>The folder of a comparison: what it is of, the scores so far, how the time was split, and the runs. What is finished is
/// not done again.</summary>
internal sealed class ComparisonFolder
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private const string TrainedSuffix = ".trained-seconds";
    private readonly List<StoredScores> _scores;
    private readonly IReadOnlyList<string> _settings;
    private readonly string _path;

    /// <summary>Opens the folder of a comparison; nothing is written yet.</summary>
    /// <param name="path">A folder that is empty, does not exist, or holds the same comparison.</param>
    /// <param name="settings">All that decides the scores, a line each.</param>
    /// <exception cref="RunDirectoryException">It holds something else, or a comparison of other images or with other settings.</exception>
    public ComparisonFolder(string path, IReadOnlyList<string> settings)
    {
        (_path, _settings) = (path, settings);
        if (!File.Exists(Settings)) RunDirectory.RequireFree(path);
        else if (Difference(File.ReadAllLines(Settings), settings) is { } difference)
        {
            throw new RunDirectoryException(
                $"{path} holds a comparison {difference}; repeat it as it was, or choose another folder.");
        }
        try
        {
            _scores = File.Exists(Scores) ? JsonSerializer.Deserialize<List<StoredScores>>(File.ReadAllBytes(Scores), Json)! : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Scores} cannot be read ({e.Message.Split('.')[0]}); remove it to score every option again.", e);
        }
    }

    /// <summary>Makes the folder, if it does not exist.</summary>
    public void Create()
    {
        Directory.CreateDirectory(_path);
        if (!File.Exists(Settings)) Write("comparison.txt", string.Concat(_settings.Select(s => s + "\n")));
    }

    /// <summary>Where a run lies.</summary>
    public string Run(string name) => Path.Combine(_path, name);

    /// <summary>What was found of an option; null if it was not scored yet.</summary>
    public OptionScores? Find(string name) => Stored(name)?.Scores();

    /// <summary>What it took to score an option, fine-tuning left out; null if it was not scored yet.</summary>
    public TimeSpan? Taken(string name) => Stored(name) is { Seconds: var seconds } ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whether a run is finished.</summary>
    public bool IsTrained(string run) => File.Exists(Run(run + TrainedSuffix));

    /// <summary>Forgets the scores of an option whose run was removed: it is to be trained again.</summary>
    /// <param name="name">The option.</param>
    /// <param name="run">Its run.</param>
    public void ForgetRemoved(string name, string run)
    {
        if (Directory.Exists(Run(run))) return;
        if (IsTrained(run)) File.Delete(Run(run + TrainedSuffix));
        if (_scores.RemoveAll(s => s.Name == name) > 0) Save();
    }

    /// <summary>Time of the budget that is spent: on the scores so far, fine-tuning left out, and on runs that are finished.</summary>
    public TimeSpan Spent => TimeSpan.FromSeconds(_scores.Sum(s => s.Seconds)
        + (Directory.Exists(_path) ? Directory.EnumerateFiles(_path, "*" + TrainedSuffix).Sum(Seconds) : 0));

    /// <summary>Keeps the scores of an option.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="time">What they took of the budget.</param>
    public OptionScores Add(OptionScores scores, TimeSpan time)
    {
        _scores.Add(StoredScores.Of(scores, time.TotalSeconds));
        Save();
        return scores;
    }

    /// <summary>Notes that a run is finished, and how long it took at least.</summary>
    /// <param name="run">Its name.</param>
    /// <param name="time">What it took of this process.</param>
    public void Trained(string run, TimeSpan time) =>
        Write(run + TrainedSuffix, time.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture));

    /// <summary>Writes a file of the comparison.</summary>
    public void Write(string name, string text) =>
        RunDirectory.Write(Path.Combine(_path, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private StoredScores? Stored(string name) => _scores.Find(s => s.Name == name);

    private void Save() => RunDirectory.Write(Scores, stream => JsonSerializer.Serialize(stream, _scores, Json));

    private static string? Difference(string[] was, IReadOnlyList<string> now)
    {
        for (var i = 0; i < Math.Max(was.Length, now.Count); i++)
        {
            var (first, second) = (was.ElementAtOrDefault(i) ?? "nothing", now.ElementAtOrDefault(i) ?? "nothing");
            if (first != second) return $"with \"{first}\", and this one has \"{second}\"";
        }
        return null;
    }

    private static double Seconds(string file) => double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);

    private string Settings => Path.Combine(_path, "comparison.txt");

    private string Scores => Path.Combine(_path, "scores.json");

    // What each draw got right as text, an image a character: 1 is right.
    private sealed record StoredCell(string Protocol, string Labels, int Labeled, double Overlap, IReadOnlyList<string> Correct);

    private sealed record StoredScores(string Name, bool IsTrained, double Seconds, IReadOnlyList<StoredCell> Cells)
    {
        public static StoredScores Of(OptionScores scores, double seconds) => new(scores.Name, scores.IsTrained, seconds, [.. scores.Cells
            .Select(c => new StoredCell(c.Protocol, c.Labels, c.Labeled, c.Overlap,
                [.. c.Correct.Select(d => string.Concat(d.Select(right => right ? '1' : '0')))]))]);

        public OptionScores Scores() => new(Name, IsTrained, [.. Cells.Select(c => new ScoreCell(c.Protocol, c.Labels, c.Labeled, c.Overlap,
            [.. c.Correct.Select(d => d.Select(right => right == '1').ToArray())]))]);
    }
}
