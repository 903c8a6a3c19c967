using Byol.Models;

namespace Byol.Method;

/// <summary>The arithmetic of one step, counted: what share of the machine's peak a measured step reaches follows from it.</summary>
internal static class StepCost
{
    /// <summary>Floating-point operations of a step per image: both views through the target, forward, and through the online network,
    /// forward and backward. A backward pass is two forward passes, one for the inputs and one for the weights, but for the first
    /// layer's input.</summary>
    /// <param name="encoder">The encoder's cost.</param>
    /// <param name="representationSize">D.</param>
    /// <param name="method">The heads.</param>
    public static double FlopsPerImage(EncoderCost encoder, long representationSize, ByolOptions method)
    {
        var projector = Head(representationSize, method.ProjectorHidden, method.ProjectionSize);
        var predictor = method.Predictor ? Head(method.ProjectionSize, method.PredictorHidden, method.ProjectionSize) : 0;
        var target = encoder.Forward + projector;
        var online = 3 * (encoder.Forward + projector + predictor) - encoder.First;
        return 2.0 * 2 * (target + online);     // two views, and two operations a multiply-add
    }

    private static long Head(long from, long hidden, long to) => hidden == 0 ? from * to : from * hidden + hidden * to;
}
