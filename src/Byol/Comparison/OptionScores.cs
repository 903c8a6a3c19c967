namespace Byol.Comparison;

/// <summary>The correct answers of one option, under one protocol and with one amount of labels.</summary>
/// <param name="Protocol">For instance kNN.</param>
/// <param name="Labels">The amount as tables have it.</param>
/// <param name="Labeled">Labels that were seen.</param>
/// <param name="Overlap">The part of its labels that a draw shares with another, 0 to 1.</param>
/// <param name="Correct">[J][M]: whether a draw classified an image right.</param>
internal sealed record ScoreCell(string Protocol, string Labels, int Labeled, double Overlap, IReadOnlyList<bool[]> Correct)
{
    /// <summary>Each draw's accuracy, 0 to 1.</summary>
    /// <param name="weights">What each image counts; 1 in all.</param>
    public double[] Accuracies(double[] weights) => [.. Correct.Select(draw => weights.Where((_, i) => draw[i]).Sum())];

    /// <summary>A draw; if there is one for all labels, that one.</summary>
    public bool[] Draw(int number) => Correct[Correct.Count == 1 ? 0 : number];
}

/// <summary>One of the encoders that a user could take.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="IsTrained">Whether it cost pretraining on the user's images.</param>
/// <param name="Cells">Protocols by amounts of labels; the same ones for every option.</param>
internal sealed record OptionScores(string Name, bool IsTrained, IReadOnlyList<ScoreCell> Cells)
{
    /// <summary>Amounts of labels, the smallest first.</summary>
    public IReadOnlyList<string> Amounts => [.. Cells.Select(c => c.Labels).Distinct()];

    /// <summary>With an amount of labels, the protocol that does best.</summary>
    /// <param name="labels">The amount.</param>
    /// <param name="weights">What each image counts.</param>
    public ScoreCell Best(string labels, double[] weights) =>
        Cells.Where(c => c.Labels == labels).MaxBy(c => c.Accuracies(weights).Average())!;

    /// <summary>The mean over the amounts of labels, each by its best protocol.</summary>
    /// <param name="weights">What each image counts.</param>
    public double Mean(double[] weights) => Amounts.Average(a => Best(a, weights).Accuracies(weights).Average());
}
