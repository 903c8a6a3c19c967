using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Runs;
using Byol.Training;

namespace Byol.Comparison;

/// <summary>The run that trains an option.</summary>
/// <param name="Folder">The run's folder, in that of the comparison.</param>
/// <param name="Recipe">The recipe for a budget.</param>
/// <param name="From">The encoder that it begins with; null for random weights.</param>
/// <param name="CostsAs">The option that needs no training and takes as long to score.</param>
internal sealed record OptionRun(string Folder, Func<TimeSpan, Recipe> Recipe, Func<OpenedEncoder>? From, string CostsAs);

/// <summary>One of what is compared.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Subject">Opens the encoder; of the pixels the encoder that they stand beside.</param>
/// <param name="Reading">How image files become pixels for it.</param>
internal sealed record ComparedOption(string Name, Func<EncoderSubject> Subject, ImageOptions Reading)
{
    private const string Pixels = "raw pixels", Continued = "continued BYOL", FromRandom = "BYOL from random weights";

    /// <summary>Whether it is the pixels.</summary>
    public bool IsPixels => Name == Pixels;

    /// <summary>How it is trained; null if it is there without.</summary>
    public OptionRun? Run { get; init; }

    /// <summary>All options of a plan, in the order in which they are scored.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="fit">The recipe from random weights for a budget.</param>
    /// <param name="run">The path of a run's folder.</param>
    public static IReadOnlyList<ComparedOption> Of(ComparisonPlan plan, Func<TimeSpan, Recipe> fit, Func<string, string> run)
    {
        var random = Untrained(plan.FromRandom, plan.Seed);
        List<ComparedOption> options =
        [
            new(Pixels, () => random, plan.FromRandom.Images), new(EncoderSubject.Random, () => random, plan.FromRandom.Images),
        ];
        var scratch = Trained(FromRandom, new OptionRun("from-random", fit, null, EncoderSubject.Random), plan.FromRandom);
        if (plan.Pretrained is not { Name: var pretrained, Open: var open, Recipe: var continued }) return [.. options, scratch];

        options.Add(new(pretrained, () => Opened(pretrained, open, continued.Views, continued), continued.Images));
        if (Published(open) is var published && published != Preprocessing.Of(continued.Views).ToString())
        {
            var name = $"{pretrained} as published ({published.Split(',')[0]})";
            options.Add(new(name, () => Opened(name, open, null, continued), continued.Images));
        }
        return [.. options, Trained(Continued, new OptionRun("continued", _ => continued, open, pretrained), continued), scratch];

        ComparedOption Trained(string name, OptionRun by, Recipe recipe) => new(name, () => Opened(
            name, () => EncoderFile.Open(RunDirectory.EncoderIn(run(by.Folder)), TorchRuntime.DefaultDevice), null, recipe), recipe.Images)
        {
            Run = by,
        };
    }

    // How an image becomes a square; how files become pixels is a property of the data.
    private static string Published(Func<OpenedEncoder> open)
    {
        using var opened = open();
        return Preprocessing.Of(opened.Description.Preprocessing.ToViews()).ToString();
    }

    private static EncoderSubject Untrained(Recipe recipe, ulong seed) => new EncoderSubject(
        EncoderSubject.Random, recipe.Encoder, recipe.Views, recipe.Training.Precision, TorchRuntime.DefaultDevice,
        () => throw new InvalidOperationException("Untrained weights are drawn, not opened."),
        _ => throw new InvalidOperationException("Untrained weights are drawn by the seed of the comparison.")).Untrained(seed);

    private static EncoderSubject Opened(string name, Func<OpenedEncoder> open, ViewOptions? views, Recipe recipe)
    {
        using var opened = open();
        var (precision, device) = (recipe.Training.Precision, TorchRuntime.DefaultDevice);
        var (architecture, seen) = (opened.Description.Architecture, views ?? opened.Description.Preprocessing.ToViews());
        return new EncoderSubject(name, architecture, seen, precision, device,
            () => new ModuleEncoder(
                name, open().Network, new EncoderDescription(architecture, Preprocessing.Of(seen)), precision, device),
            _ => open().Network);
    }
}
