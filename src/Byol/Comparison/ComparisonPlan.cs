using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Training;
using static Byol.Setting;

namespace Byol.Comparison;

/// <summary>What is compared, and how.</summary>
/// <param name="data">Opens images to pretrain on, with files read as an encoder needs them (<see cref="Recipe.Images"/>); their labels, if
/// any, are not used.</param>
/// <param name="train">Opens labeled images to learn from.</param>
/// <param name="test">Opens labeled images to classify; null classifies those of <paramref name="train"/> in five folds.</param>
/// <param name="fromRandom">How BYOL is trained from random weights; null by recipe <c>folder</c>.</param>
/// <param name="fitEncoder">Whether the width of that encoder is chosen for the time; otherwise it is the recipe's.</param>
/// <param name="pretrained">The encoder without training, and how BYOL continues it; null compares without one.</param>
/// <param name="budget">Time for everything but fine-tuning; null for half an hour.</param>
/// <param name="labelsPerClass">Numbers of labels of each class to try, besides all; numbers that the smallest class does not have are left
/// out. Null tries 5 and 10.</param>
/// <param name="draws">The number of draws of the labels, which are the same for every option.</param>
/// <param name="seed">Seeds labels, folds and weights.</param>
/// <param name="fineTune">Whether encoders are fine-tuned on the labels too.</param>
public sealed class ComparisonPlan(
    Func<ImageOptions, IDataset> data, Func<ImageOptions, IDataset> train, Func<ImageOptions, IDataset>? test = null,
    Recipe? fromRandom = null, bool fitEncoder = true, ComparedEncoder? pretrained = null, TimeSpan? budget = null,
    IReadOnlyList<int>? labelsPerClass = null, int draws = 10, ulong seed = 1, bool fineTune = false)
{
    private static readonly TimeSpan LeastBudget = TimeSpan.FromMinutes(1);

    internal Func<ImageOptions, IDataset> Data { get; } = data;

    internal Func<ImageOptions, IDataset> Train { get; } = train;

    internal Func<ImageOptions, IDataset>? Test { get; } = test;

    internal Recipe FromRandom { get; } = fromRandom ?? Recipes.Folder;

    internal bool FitEncoder { get; } = fitEncoder;

    internal ComparedEncoder? Pretrained { get; } = pretrained;

    internal TimeSpan Budget { get; } = budget ?? TimeSpan.FromMinutes(30);

    internal IReadOnlyList<int> LabelsPerClass { get; } = labelsPerClass ?? [5, 10];

    internal int Draws { get; } = draws;

    internal ulong Seed { get; } = seed;

    internal bool FineTune { get; } = fineTune;

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(Budget >= LeastBudget, $"A budget of {Budget.TotalSeconds:0} seconds is too short; use at least 1m, and better 30m.");
        Require(Draws is >= 2 and <= 1000, $"{Draws} draws must lie between 2 and 1000: their spread is part of the verdict; use 10.");
        Require(LabelsPerClass.All(n => n >= 1), "Labels of each class must be 1 or more; use for instance 5 and 10.");
    }
}

/// <summary>An encoder that needs no pretraining.</summary>
/// <param name="name">The name in tables, and in the recommendation if it is best.</param>
/// <param name="open">Opens it on a device; called several times.</param>
/// <param name="recipe">How BYOL continues it; its architecture is that encoder's.</param>
public sealed class ComparedEncoder(string name, Func<OpenedEncoder> open, Recipe recipe)
{
    internal string Name { get; } = name;

    internal Func<OpenedEncoder> Open { get; } = open;

    internal Recipe Recipe { get; } = recipe;
}
