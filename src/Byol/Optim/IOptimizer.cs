using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>A rule that moves parameters along their gradients.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>Moves every parameter once. The gradients may be overwritten.</summary>
    /// <param name="learningRate">The step's learning rate, warm-up and schedule applied.</param>
    void Step(double learningRate);

    /// <summary>What the rule remembers between steps, by name, [P] or [1] each; a checkpoint saves and restores it in place.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }
}
