namespace ServiceSample;

/// <summary>What the service says of an image.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">How probable it is, 0 to 1.</param>
/// <param name="Novelty">How unlike all known images it is, 0 to 2.</param>
/// <param name="AskAPerson">Whether a person should look at the image.</param>
internal sealed record Answer(string Label, double Probability, double Novelty, bool AskAPerson);
