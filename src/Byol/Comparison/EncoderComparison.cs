using System.Diagnostics;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Runs;
using Byol.Training;

namespace Byol.Comparison;

/// <summary>Finds out whether pretraining helps on your images. It scores encoders without pretraining and BYOL by the same draws of labels
/// on the same images, and recommends one. After an interruption the same call resumes.</summary>
public sealed class EncoderComparison
{
    private readonly ComparisonPlan _plan;
    private readonly ComparisonFolder _folder;
    private readonly ComparedImages _images;
    private readonly IReadOnlyList<ComparedOption> _options;
    private readonly ComparisonBudget _budget;
    private readonly OptionScoring _scoring;
    private readonly Func<PretrainingRun, CancellationToken, bool> _train;
    private readonly Action<string> _say;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notes;
    private readonly HashSet<string> _warned = [];

    private EncoderComparison(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool> train, Action<string> say, TimeSpan spent,
        CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        (_plan, _train, _say, _cancellation) = (plan, train, say, cancellation);
        plan.Validate();
        _images = new ComparedImages(plan, cancellation);
        PretrainingRun.Validate(plan.FromRandom, _images.Data(plan.FromRandom.Images));
        if (plan.Pretrained is { Recipe: var continued }) PretrainingRun.Validate(continued, _images.Data(continued.Images));
        (var amounts, var leftOut) = LabelAmount.Of(_images.Tasks(plan.FromRandom.Images), plan.LabelsPerClass, plan.Draws);
        _notes = [.. leftOut, .. ComparisonNotes.Of(_images)];
        _folder = new ComparisonFolder(folder, ComparisonSettings.Of(plan, _images, amounts));
        _options = ComparedOption.Of(plan, FitToTime, _folder.Run);
        foreach (var option in _options)
        {
            if (option.Run is { } run) _folder.ForgetRemoved(option.Name, run.Folder);
        }
        foreach (var line in _notes.Prepend(_images.Description + ".")) say(line);
        _scoring = new OptionScoring(amounts, plan.Seed, say);
        var trial = new ScoringTrial(_images, amounts, plan.Seed);
        _budget = new ComparisonBudget(plan.Budget, spent + Stopwatch.GetElapsedTime(start), _options, _folder, option =>
        {
            using var features = new OptionFeatures(option);
            return trial.Predict(option, features.Encode);
        });
        _budget.Require();
        _folder.Create();
    }

    /// <summary>Compares.</summary>
    /// <param name="folder">Where scores, runs and the report go: a folder that is empty, does not exist, or holds this comparison, perhaps
    /// with another budget.</param>
    /// <param name="plan">What is compared.</param>
    /// <param name="train">Trains a run and returns whether it finished; null trains it without a listener.</param>
    /// <param name="say">Receives lines about what is being done and what was found.</param>
    /// <param name="spent">The time of the budget that was spent before, for instance to open the data.</param>
    /// <param name="cancellation">Cancels; finished results are kept.</param>
    /// <exception cref="ArgumentException">Images, labels, time and plan do not go together; the message gives value, rule and remedy in
    /// one line.</exception>
    /// <exception cref="RunDirectoryException">The folder holds something else.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static ComparisonReport Run(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool>? train = null, Action<string>? say = null,
        TimeSpan spent = default, CancellationToken cancellation = default) => new EncoderComparison(
            folder, plan, train ?? ((run, stop) => run.Train(cancellation: stop).Finished), say ?? (_ => { }), spent, cancellation).Run();

    private ComparisonReport Run()
    {
        List<OptionScores> scores = [];
        foreach (var option in _options)
        {
            if (option.Run is { } run && !_folder.IsTrained(run.Folder)) Pretrain(run, _images.Data(option.Reading));
            scores.Add(_folder.Find(option.Name) ?? Score(option));
        }
        var tooShort = _options.Where(o => o.Run is not null).Select(o => (o.Name, Note: ComparisonNotes.TooShort(
            o.Name, _folder.Run(o.Run!.Folder), _images.Data(o.Reading).Count, _budget.Left))).Where(o => o.Note is not null).ToList();
        var verdict = Verdict.Of(scores, _images.Images);
        var text = verdict.Text(name => _options.Single(o => o.Name == name) is { Run: { } run } ? _folder.Run(run.Folder) : name);
        if (!verdict.IsTrained && tooShort.Count > 0)
            text += $" This says little about {string.Join(" and ", tooShort.Select(o => o.Name))}: trained too briefly, see the notes.";
        var report = new ComparisonReport(
            verdict, text, _images.Description,
            [.. _notes, .. tooShort.Select(o => o.Note!), ComparisonNotes.Footing(_images, _plan.Draws)], scores, _images.Images);
        _folder.Write("report.md", report.Markdown());
        _folder.Write("report.svg", report.Picture());
        return report;
    }

    // Neighbors and the linear probe within the budget, fine-tuning beside it.
    private OptionScores Score(ComparedOption option)
    {
        var (start, tasks) = (Stopwatch.GetTimestamp(), _images.Tasks(option.Reading));
        _say($"{option.Name}: computing features.");
        using var features = new OptionFeatures(option);
        var scores = _scoring.Score(option, tasks,
        [
            ("kNN", () => new KnnProtocol(new KnnOptions()) { Warn = Warn }.Probes(option.Name, tasks, features.Once)),
            ("linear", () => new LinearProtocol { Warn = Warn }.Probes(option.Name, tasks, features.Once)),
        ], _cancellation);
        var time = Stopwatch.GetElapsedTime(start);
        if (_plan.FineTune && !option.IsPixels)
        {
            var protocol = new FineTuneProtocol(new FineTuneOptions()) { Warn = Warn };
            var tuned = _scoring.Score(option, tasks, [("fine-tuned", () => protocol.Probes(option.Subject(), tasks))], _cancellation);
            scores = scores with { Cells = [.. scores.Cells, .. tuned.Cells] };
        }
        return _folder.Add(scores, time);
    }

    // Protocols on the same images repeat the same warnings.
    private void Warn(string line)
    {
        if (_warned.Add(line)) _say($"warning: {line}");
    }

    private void Pretrain(OptionRun option, IDataset data)
    {
        var (path, start) = (_folder.Run(option.Folder), Stopwatch.GetTimestamp());
        using var run = File.Exists(RunDirectory.RecipeIn(path)) ? PretrainingRun.Resume(path, data) : Begin(_budget.Share());
        _say(string.Create(CultureInfo.InvariantCulture,
            $"Pretraining {option.Folder}: {run.Recipe.Training.Budget.TotalMinutes:F1} minutes at most."));
        run.Spent = Stopwatch.GetElapsedTime(start);
        if (!_train(run, _cancellation)) throw new OperationCanceledException(_cancellation);
        _folder.Trained(option.Folder, Stopwatch.GetElapsedTime(start));

        PretrainingRun Begin(TimeSpan budget)
        {
            var recipe = option.Recipe(budget);
            var steps = recipe.Training.Epochs * (data.Count / recipe.Training.BatchSize);
            var timed = recipe with { Training = recipe.Training with { Budget = budget, MaxSteps = steps, Seed = _plan.Seed } };
            using var initial = option.From?.Invoke();
            return PretrainingRun.Start(path, timed, data, initial);
        }
    }

    private Recipe FitToTime(TimeSpan budget)
    {
        if (!_plan.FitEncoder) return _plan.FromRandom;
        var recipe = _plan.FromRandom with { Training = _plan.FromRandom.Training with { Budget = budget } };
        return EncoderSizing.Choose(recipe, _images.Data(recipe.Images), TorchRuntime.DefaultDevice, TimeSpan.Zero, _ => { });
    }
}
