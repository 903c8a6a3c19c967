using Byol.Encoders;
using Byol.Method;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>What a run begins with, where that is not what its seed draws.</summary>
internal static class InitialWeights
{
    /// <summary>Puts weights into networks that are not trained yet.</summary>
    /// <param name="run">Has an encoder to begin with, or none.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="targetFrom">A finished run whose online network the target begins as; null for none.</param>
    /// <param name="state">Changed in place.</param>
    /// <exception cref="InvalidDataException">An encoder does not fit.</exception>
    public static void Place(RunDirectory run, Recipe recipe, string? targetFrom, ByolState state)
    {
        if (run.HasInitial) PlaceEncoder(run, recipe, state);
        if (targetFrom is not null) Checkpoint.CopyOnline(targetFrom, state.Target);
    }

    // Both encoders, as random weights are the same in both (BYOL, appendix J).
    private static void PlaceEncoder(RunDirectory run, Recipe recipe, ByolState state)
    {
        using var _ = no_grad();
        using var initial = EncoderFile.Open(run.Initial, state.Parameters.Values.device);
        if (!recipe.Encoder.HasWeightsOf(initial.Description.Architecture))
            throw new InvalidDataException($"{run.Initial} is another encoder than the recipe's; start the run again.");
        var from = EncoderFile.Tensors(initial.Network).ToDictionary(t => t.Name, t => t.Value);
        var target = recipe.Method.TargetFromOtherWeights ? state.Online.Encoder : state.Target.Encoder;
        foreach (var (name, value) in EncoderFile.Tensors(state.Online.Encoder).Concat(EncoderFile.Tensors(target)))
            value.copy_(from[name]);
    }
}
