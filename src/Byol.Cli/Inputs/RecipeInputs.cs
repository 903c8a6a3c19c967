using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Training;

namespace Byol.Cli.Inputs;

/// <summary>The options from which a recipe is resolved, shared by the verbs that take one.</summary>
internal sealed class RecipeInputs
{
    /// <summary>The recipe that continues an encoder, if none is named.</summary>
    public const string Continuing = "adapt";

    private readonly Option<string> _recipe;
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Passes over the data; replaces a recipe's budget." };
    private readonly Option<string?> _budget = new("--budget")
    {
        Description = "Time budget of the run, with its evaluations: 30m, 2h. It replaces epochs: the run takes as many steps as fit, "
            + "with the widest encoder that the time can train, or with that of --encoder.",
    };
    private readonly Option<int?> _maxSteps = new("--max-steps")
    {
        Description = "The most steps of the run, even if its epochs or its budget allow more.",
    };
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "Images per step." };
    private readonly Option<int?> _imageSize = new("--image-size") { Description = "Side of a view in pixels, and of the images that are evaluated." };
    private readonly Option<string?> _encoder = new("--encoder")
    {
        Description = "resnet18, 34, 50, 101, 152 or 200, with a width after x: resnet18x0.5.",
    };
    private readonly Option<string?> _precision = new("--precision") { Description = "auto, float32 or bfloat16." };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Draws weights, order and views." };
    private readonly Option<string?> _checkpointEvery = new("--checkpoint-every")
    {
        Description = $"How often to save: 200 steps, 10m, 1 epoch; {CheckpointInterval.Default} by default.",
    };
    private readonly Option<string?> _onNonFinite = new("--on-non-finite")
    {
        Description = "What to do if a loss, gradient or weight is not finite: "
            + "stop, or rewind (return to the last checkpoint and continue with other images).",
    };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any recipe key: --set method.tau=0.99. May be given more than once.",
        DefaultValueFactory = _ => [],
    };

    private readonly int? _usualEpochs;

    /// <param name="recipe">Taken if none is named.</param>
    /// <param name="epochs">Epochs where neither a recipe nor epochs are given; null leaves them to the recipe.</param>
    public RecipeInputs(string recipe, int? epochs = null)
    {
        _usualEpochs = epochs;
        if (epochs is not null)
            _epochs.Description = $"Passes over the data in each run; {epochs}, or those of --recipe if one is given.";
        _recipe = new Option<string>("--recipe")
        {
            Description = $"A recipe: {string.Join(", ", RecipeFile.Names)}, or a .toml file.",
            DefaultValueFactory = _ => recipe,
        };
    }

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>What decides views, for the verb that only draws them.</summary>
    public void AddViewsTo(Command command)
    {
        foreach (var option in (Option[])[_recipe, _imageSize, _seed, _set]) command.Options.Add(option);
    }

    /// <summary>Lets time end the run: for the verb that trains one run, where nothing is compared at equal epochs.</summary>
    public void AddBudgetTo(Command command) => command.Options.Add(_budget);

    private Option[] All =>
        [_recipe, _encoder, _epochs, _maxSteps, _batchSize, _imageSize, _precision, _seed, _checkpointEvery, _onNonFinite, _set];

    /// <summary>The request for a resumed run: its recipe, with the options applied.</summary>
    public Recipe Resolve(ParseResult parsed, Recipe saved)
    {
        var named = parsed.GetResult(_recipe) is { Implicit: false };
        var asked = Override(named ? Named(parsed) : saved, parsed);
        // As it was chosen.
        return FitsEncoder(parsed) && asked.Encoder.Sizes.Contains(saved.Encoder) ? asked with { Encoder = saved.Encoder } : asked;
    }

    /// <summary>Whether the encoder is to be fitted to the budget: where that is typed, and no encoder.</summary>
    public bool FitsEncoder(ParseResult parsed) => parsed.GetValue(_budget) is not null && !NamesEncoder(parsed);

    /// <summary>Whether an encoder is typed, or how wide it is.</summary>
    public bool NamesEncoder(ParseResult parsed) => parsed.GetValue(_encoder) is not null
        || parsed.GetValue(_set)!.Any(s => s.StartsWith("encoder.width", StringComparison.Ordinal));

    /// <summary>The recipe that continues an encoder, with every option applied.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="basis">Has the encoder and its normalization.</param>
    public Recipe Continue(ParseResult parsed, Recipe basis)
    {
        var name = parsed.GetResult(_recipe) is { Implicit: false } ? parsed.GetValue(_recipe)! : Continuing;
        return Override(RecipeFile.Open(name, Warnings.Print, basis), parsed);
    }

    /// <summary>The recipe that continues an encoder beside one that is trained from random weights: <see cref="Continuing"/>, with any
    /// recipe and encoder that are typed for it.</summary>
    public Recipe Adapt(ParseResult parsed, Recipe basis) => Overrides(parsed)
        .Where(o => !o.StartsWith("encoder.", StringComparison.Ordinal))
        .Aggregate(RecipeFile.Open(Continuing, Warnings.Print, basis), Set);

    /// <summary>Throws if the recipe continues an encoder and none is given.</summary>
    public void RequireEncoder(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) == Continuing)
        {
            throw new ArgumentException(
                $"--recipe {Continuing} continues an encoder, and none is given; add for instance --init-from imagenet-resnet18.");
        }
    }

    /// <summary>The recipe with every option applied, --set last.</summary>
    public Recipe Resolve(ParseResult parsed)
    {
        var recipe = Override(Named(parsed), parsed);
        recipe.Validate();
        return recipe;
    }

    private Recipe Named(ParseResult parsed) => RecipeFile.Open(parsed.GetValue(_recipe)!, Warnings.Print);

    private Recipe Override(Recipe recipe, ParseResult parsed)
    {
        var changed = Overrides(parsed).Aggregate(recipe, Set);
        if (changed.Training.Budget > TimeSpan.Zero && parsed.GetValue(_set)!.LastOrDefault(IsEpochs) is { } unused)
        {
            Warnings.Print(
                $"--set {unused} has no effect: training.budget = {CheckpointInterval.Of(changed.Training.Budget)} ends the run; use --epochs instead.");
        }
        return changed;
    }

    private static bool IsEpochs(string assignment) => assignment.StartsWith("training.epochs", StringComparison.Ordinal);

    private static Recipe Set(Recipe recipe, string assignment) => RecipeFile.Set(recipe, assignment, Warnings.Print);

    /// <summary>What the options change, as assignments; empty if none was given.</summary>
    private IEnumerable<string> Overrides(ParseResult parsed)
    {
        var usualEpochs = parsed.GetResult(_recipe) is { Implicit: false } ? null : _usualEpochs;
        if ((parsed.GetValue(_epochs) ?? usualEpochs) is { } epochs)
        {
            yield return $"training.epochs={epochs}";
            yield return "training.budget=none";
        }
        if (parsed.GetValue(_budget) is { } budget)
        {
            if (parsed.GetValue(_epochs) is { } both)
            {
                throw new ArgumentException(
                    $"--budget {budget} does not go with --epochs {both}: one of them ends the run; leave one out.");
            }
            yield return $"training.budget={budget}";
        }
        if (parsed.GetValue(_maxSteps) is { } steps) yield return $"training.max_steps={steps}";
        if (parsed.GetValue(_batchSize) is { } batch) yield return $"training.batch_size={batch}";
        if (parsed.GetValue(_imageSize) is { } size)
        {
            yield return $"views.image_size={size}";
            yield return "views.evaluation_size=0";
        }
        if (parsed.GetValue(_precision) is { } precision) yield return $"training.precision={precision}";
        if (parsed.GetValue(_seed) is { } seed) yield return $"training.seed={seed}";
        if (parsed.GetValue(_checkpointEvery) is { } every) yield return $"training.checkpoint_every={every}";
        if (parsed.GetValue(_onNonFinite) is { } onNonFinite) yield return $"training.on_non_finite={onNonFinite}";
        foreach (var setting in parsed.GetValue(_encoder) is { } encoder ? EncoderNames.Settings(encoder) : []) yield return setting;
        foreach (var assignment in parsed.GetValue(_set)!) yield return assignment;
    }
}
