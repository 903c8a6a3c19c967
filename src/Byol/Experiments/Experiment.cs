using Byol.Training;

namespace Byol.Experiments;

/// <summary>One row of an experiment: what is trained, and what the paper has for it.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Folder">Where its runs lie, under the experiment's folder; rows that share a folder share the run.</param>
/// <param name="Recipe">What is trained.</param>
/// <param name="Paper">The paper's top-1 accuracy under a linear probe, in percent; null if it has none.</param>
internal sealed record Arm(string Name, string Folder, Recipe Recipe, double? Paper)
{
    /// <summary>Folder of an earlier row, whose trained network is where the target starts from;
    /// null starts it as the recipe says.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>Whether nothing is trained: the row is the target network as it is drawn.</summary>
    public bool IsUntrainedTarget { get; init; }

    /// <summary>The recipe of one of several repetitions.</summary>
    /// <param name="repetition">From 0.</param>
    public Recipe Repeated(int repetition) =>
        Recipe with { Training = Recipe.Training with { Seed = Recipe.Training.Seed + (ulong)repetition } };
}

/// <summary>One of the paper's experiments: recipes that differ in one thing.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Title">What it asks.</param>
/// <param name="Arms">The rows, in the order in which they are trained.</param>
/// <param name="Notes">What must be known to read the table.</param>
internal sealed record Experiment(string Name, string Title, IReadOnlyList<Arm> Arms, IReadOnlyList<string> Notes);
