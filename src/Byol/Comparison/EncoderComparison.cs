using System.Diagnostics;
using System.Globalization;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Comparison;

/// <summary>Whether pretraining helps on someone's own images: what is there without it, and BYOL, scored by the same draws of labels on
/// the same images, ending with what to use. Interrupted, the same call resumes.</summary>
public sealed class EncoderComparison
{
    private const string ContinuedName = "continued BYOL", FromRandomName = "BYOL from random weights";
    private const double Caution = 1.2;                         // of the time that scoring is thought to take
    private static readonly TimeSpan LeastRun = TimeSpan.FromSeconds(10);
    private readonly ComparisonPlan _plan;
    private readonly ComparisonFolder _folder;
    private readonly ComparedImages _images;
    private readonly OptionScoring _scoring;
    private readonly Func<PretrainingRun, CancellationToken, bool> _train;
    private readonly Action<string> _say;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notes;
    private readonly TimeSpan _prepared;
    private readonly HashSet<string> _warned = [];

    private EncoderComparison(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool> train, Action<string> say, TimeSpan spent,
        CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        (_plan, _train, _say, _cancellation) = (plan, train, say, cancellation);
        plan.Validate();
        PretrainingRun.Validate(plan.FromRandom, plan.Data);
        if (plan.Pretrained is { } pretrained) PretrainingRun.Validate(pretrained.Recipe, plan.Data);
        _images = ComparedImages.Of(plan, cancellation);
        (var amounts, var leftOut) = LabelAmount.Of(_images.Tasks, plan.LabelsPerClass, plan.Draws);
        var data = PixelDigests.Of(plan.Data, cancellation);
        _notes = [.. leftOut, .. Across(), .. PretrainedOn(data)];
        _folder = new ComparisonFolder(folder, Settings(PixelDigests.Together(plan.Data, data), amounts));
        foreach (var line in _notes.Prepend(_images.Description + ".")) say(line);
        _scoring = new OptionScoring(_images.Tasks, amounts, plan.Seed, say);
        _prepared = spent + Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Compares.</summary>
    /// <param name="folder">Where scores, runs and the report go: a folder that is empty, does not exist, or holds this comparison.</param>
    /// <param name="plan">What is compared.</param>
    /// <param name="train">Trains a run and says whether it finished; null trains it and listens to nothing.</param>
    /// <param name="say">Is told, a line each, what is being done and was found.</param>
    /// <param name="spent">What of the budget was spent before, by opening the data for instance.</param>
    /// <param name="cancellation">Ends it; what is finished is kept.</param>
    /// <exception cref="ArgumentException">Images, labels and plan do not go together; one line: value, rule, remedy.</exception>
    /// <exception cref="RunDirectoryException">The folder holds something else.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static ComparisonReport Run(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool>? train = null, Action<string>? say = null,
        TimeSpan spent = default, CancellationToken cancellation = default) => new EncoderComparison(
            folder, plan, train ?? ((run, stop) => run.Train(cancellation: stop).Finished), say ?? (_ => { }), spent, cancellation).Run();

    private ComparisonReport Run()
    {
        var random = Subject(EncoderSubject.Random, null, _plan.FromRandom.Views, _plan.FromRandom);
        List<OptionScores> options =
        [
            Score("raw pixels", false, () => null, protocol => protocol.Probes(Baseline.RawPixels, random, _images.Tasks, _plan.Seed)),
            Score(EncoderSubject.Random, false, () => random),
        ];
        List<(string Name, string Folder, Func<TimeSpan, Recipe> Recipe, Func<OpenedEncoder>? From)> runs = [];
        if (_plan.Pretrained is { Open: var open, Recipe: var continued } pretrained)
        {
            options.Add(Score(pretrained.Name, false, () => Subject(pretrained.Name, open, continued.Views, continued)));
            if (Published(open) is var published && published != Preprocessing.Of(continued.Views).ToString())
            {
                var name = $"{pretrained.Name} as published ({published.Split(',')[0]})";
                options.Add(Score(name, false, () => Subject(name, open, null, continued)));
            }
            runs.Add((ContinuedName, "continued", _ => continued, open));
        }
        runs.Add((FromRandomName, "from-random", FitToTime, null));
        for (var i = 0; i < runs.Count; i++)
        {
            var (name, folder, recipe, from) = runs[i];
            if (_folder.Find(name) is null) Pretrain(folder, recipe, from, runs.Count - i);
            options.Add(Score(name, true, () => Subject(name, () => EncoderFile.Open(RunDirectory.EncoderIn(_folder.Run(folder)),
                TorchRuntime.DefaultDevice), null, _plan.FromRandom)));
        }
        var verdict = Verdict.Of(options, _images.Images);
        var text = verdict.Text(name => runs.Find(r => r.Name == name) is { Folder: { } run } ? _folder.Run(run) : name);
        var report = new ComparisonReport(verdict, text, _images.Description, [.. _notes, Footing()], options, _images.Images);
        _folder.Write("report.md", report.Markdown());
        _folder.Write("report.svg", report.Picture());
        return report;
    }

    // As it was found, or found now: neighbors and the linear probe within the budget, fine-tuning beside it.
    private OptionScores Score(
        string name, bool isTrained, Func<EncoderSubject?> find, Func<Protocol, IReadOnlyList<IProbe>>? probes = null)
    {
        if (_folder.Find(name) is { } known) return known;
        var start = Stopwatch.GetTimestamp();
        var subject = find();
        probes ??= protocol => protocol.Probes(subject!, _images.Tasks);
        var scores = _scoring.Score(name, isTrained,
        [
            ("kNN", () => probes(new KnnProtocol(new KnnOptions()) { Warn = Warn })),
            ("linear", () => probes(new LinearProtocol { Warn = Warn })),
        ], _cancellation);
        var time = Stopwatch.GetElapsedTime(start);
        if (_plan.FineTune && subject is not null)
        {
            var protocol = new FineTuneProtocol(new FineTuneOptions()) { Warn = Warn };
            var tuned = _scoring.Score(name, isTrained, [("fine-tuned", () => probes(protocol))], _cancellation);
            scores = scores with { Cells = [.. scores.Cells, .. tuned.Cells] };
        }
        return _folder.Add(scores, time);
    }

    // Protocols say of the same images the same.
    private void Warn(string line)
    {
        if (_warned.Add(line)) _say($"warning: {line}");
    }

    private void Pretrain(string name, Func<TimeSpan, Recipe> choose, Func<OpenedEncoder>? from, int left)
    {
        var path = _folder.Run(name);
        var budget = _folder.RunBudget(name, () => Share(left));
        var start = Stopwatch.GetTimestamp();
        _say(string.Create(CultureInfo.InvariantCulture, $"Pretraining {name}: {budget.TotalMinutes:F1} minutes at most."));
        using var run = File.Exists(RunDirectory.RecipeIn(path)) ? PretrainingRun.Resume(path, _plan.Data) : Begin();
        run.Spent = Stopwatch.GetElapsedTime(start);
        if (!_train(run, _cancellation)) throw new OperationCanceledException(_cancellation);
        _folder.Trained(name, Stopwatch.GetElapsedTime(start));

        PretrainingRun Begin()
        {
            var recipe = choose(budget);
            var steps = recipe.Training.Epochs * (_plan.Data.Count / recipe.Training.BatchSize);
            var timed = recipe with { Training = recipe.Training with { Budget = budget, MaxSteps = steps, Seed = _plan.Seed } };
            using var initial = from?.Invoke();
            return PretrainingRun.Start(path, timed, _plan.Data, initial);
        }
    }

    // What is left after what is done and what is still to be scored.
    private TimeSpan Share(int left)
    {
        var share = (_plan.Budget - _prepared - _folder.Spent - left * Caution * _folder.Longest) / left;
        if (share >= LeastRun) return share;
        var needed = _plan.Budget + left * (LeastRun - share);
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"A budget of {_plan.Budget.TotalMinutes:0.#} minutes leaves no time to pretrain: scoring the options takes most of it; use at "
            + $"least {Math.Ceiling(needed.TotalMinutes):0}m, and better three times as much."));
    }

    private Recipe FitToTime(TimeSpan budget)
    {
        if (!_plan.FitEncoder) return _plan.FromRandom;
        var recipe = _plan.FromRandom with { Training = _plan.FromRandom.Training with { Budget = budget } };
        return EncoderSizing.Choose(recipe, _plan.Data, TorchRuntime.DefaultDevice, TimeSpan.Zero, _ => { });
    }

    private EncoderSubject Subject(string name, Func<OpenedEncoder>? open, ViewOptions? views, Recipe recipe)
    {
        var (precision, device) = (recipe.Training.Precision, TorchRuntime.DefaultDevice);
        if (open is null)
        {
            return new EncoderSubject(name, recipe.Encoder, views!, precision, device,
                Nothing<IImageEncoder>, _ => Nothing<nn.Module<Tensor, Tensor>>()).Untrained(_plan.Seed);
        }
        using var opened = open();
        var (architecture, seen) = (opened.Description.Architecture, views ?? opened.Description.Preprocessing.ToViews());
        return new EncoderSubject(name, architecture, seen, precision, device,
            () => new ModuleEncoder(name, Weights(), new EncoderDescription(architecture, Preprocessing.Of(seen)), precision, device),
            _ => Weights());

        nn.Module<Tensor, Tensor> Weights() => open().Network;

        static T Nothing<T>() => throw new InvalidOperationException("The encoder has no weights but untrained ones.");
    }

    private static string Published(Func<OpenedEncoder> open)
    {
        using var opened = open();
        return opened.Description.Preprocessing.ToString();
    }

    private IEnumerable<string> Across()
    {
        if (_images.Across == 0) yield break;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{_images.Across:N0} of {_images.Images.Count:N0} images that are classified are near-duplicates of labeled ones: the figures, those "
            + $"of raw pixels above all, are too high for others; compare in folds, without images to classify of their own, to have them apart.");
    }

    private IEnumerable<string> PretrainedOn(UInt128[] data)
    {
        var known = data.ToHashSet();
        var shared = _images.Classified.Count(known.Contains);
        if (shared == 0) yield break;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{shared:N0} of {_images.Classified.Count:N0} images that are classified are among those to pretrain on, which uses no label: "
            + $"fair where such images are at hand before they are classified; otherwise leave them out of the images to pretrain on.");
    }

    private string Footing() => string.Create(CultureInfo.InvariantCulture,
        $"Guessing one of {_images.Whole.Classes.Count} classes has {100 * _images.Whole.Chance:F1} %, always "
        + $"\"{_images.Whole.MajorityClass}\" {100 * _images.Whole.MajorityShare:F1} % of the images. Mean ± standard deviation over "
        + $"{_plan.Draws} draws of the labels, the same for all; each pretraining ran once.");

    private string[] Settings(string data, IReadOnlyList<LabelAmount> amounts) =>
    [
        "byol comparison 1",
        $"images to pretrain on: {data}", $"labeled images: {_images.Digest}",
        $"labels: {string.Join(", ", amounts.Select(a => a.Budget))}, {_plan.Draws} draws, seed {_plan.Seed}",
        string.Create(CultureInfo.InvariantCulture, $"budget: {_plan.Budget.TotalSeconds:0} s; fine-tuning: {_plan.FineTune}"),
        $"pretrained: {_plan.Pretrained?.Name}",
        .. Lines("from random", _plan.FromRandom), .. Lines("continued", _plan.Pretrained?.Recipe),
    ];

    private static IEnumerable<string> Lines(string name, Recipe? recipe) => recipe is null ? []
        : RecipeFile.Format(recipe, []).Split('\n').Where(l => l.Contains('=', StringComparison.Ordinal)).Select(l => $"{name}: {l}");
}
