namespace Byol.Method;

/// <summary>The loss of a step is not a number, and the step was not taken; or weights are not, and were not saved.</summary>
/// <param name="step">The step, from 0.</param>
/// <param name="loss">What it was.</param>
public sealed class NonFiniteLossException(long step, double loss)
    : Exception($"The loss of step {step} is {loss}: training diverged. Start again in another --out with a lower optimizer.learning_rate.");
