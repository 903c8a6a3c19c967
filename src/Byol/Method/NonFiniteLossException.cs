namespace Byol.Method;

/// <summary>The loss of a step is not a number; the step was not taken, and no weight has changed.</summary>
/// <param name="step">The step, from 0.</param>
/// <param name="loss">What it was.</param>
public sealed class NonFiniteLossException(long step, double loss)
    : Exception($"The loss of step {step} is {loss}: training diverged. Lower optimizer.learning_rate, and go on from the last checkpoint with --resume.");
