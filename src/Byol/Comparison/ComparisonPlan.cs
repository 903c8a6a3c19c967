using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Training;
using static Byol.Setting;

namespace Byol.Comparison;

/// <summary>What is compared, and how.</summary>
public sealed record ComparisonPlan
{
    private static readonly TimeSpan LeastBudget = TimeSpan.FromMinutes(1);

    /// <summary>Images to pretrain on; their labels, if any, are not used.</summary>
    public required IDataset Data { get; init; }

    /// <summary>Labeled images to learn from.</summary>
    public required IDataset Train { get; init; }

    /// <summary>Labeled images to classify; null classifies those of <see cref="Train"/> in five folds.</summary>
    public IDataset? Test { get; init; }

    /// <summary>How BYOL is trained from random weights.</summary>
    public Recipe FromRandom { get; init; } = Recipes.Folder;

    /// <summary>Whether the time says how wide that encoder is; otherwise it is the recipe's.</summary>
    public bool FitEncoder { get; init; } = true;

    /// <summary>Opens the encoder that others trained, afresh each time and where it is to be computed; null compares without one.</summary>
    public Func<OpenedEncoder>? Pretrained { get; init; }

    /// <summary>What tables call it, and what a user takes if it is best.</summary>
    public string PretrainedName { get; init; } = "";

    /// <summary>How BYOL continues it; its architecture is that encoder's.</summary>
    public Recipe? Continued { get; init; }

    /// <summary>Time for everything but fine-tuning.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Labels of each class that are tried, beside all; those that the smallest class does not have are left out.</summary>
    public IReadOnlyList<int> LabelsPerClass { get; init; } = [5, 10];

    /// <summary>Draws of the labels, the same for every option.</summary>
    public int Draws { get; init; } = 10;

    /// <summary>Draws labels, folds and weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether encoders are fine-tuned on the labels too.</summary>
    public bool FineTune { get; init; }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    internal void Validate()
    {
        Require(Budget >= LeastBudget, $"A budget of {Budget.TotalSeconds:0} seconds is too short; use at least 1m, and better 30m.");
        Require(Draws is >= 2 and <= 1000, $"{Draws} draws must lie between 2 and 1000: their spread is part of the verdict; use 10.");
        Require(LabelsPerClass.All(n => n >= 1), "Labels of each class must be 1 or more; use for instance 5 and 10.");
        Require(Pretrained is null == Continued is null, "An encoder to continue and the recipe that continues it go together; give both.");
    }
}
