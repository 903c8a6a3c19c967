using Byol.Models.Numerics;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>The different layers that a step of a recipe computes.</summary>
internal static class StepShapes
{
    /// <summary>Those of the encoder, of the projector and of the predictor.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="imageSize">S, in pixels.</param>
    /// <param name="type">The type to compute in.</param>
    /// <param name="ranks">How many a batch is spread over.</param>
    public static IEnumerable<ILayerShape> Of(Recipe recipe, int imageSize, ScalarType type, int ranks = 1)
    {
        var (batch, method) = (recipe.Training.ImagesPerRank(ranks), recipe.Method);
        return recipe.Encoder.LayerShapes(imageSize, batch, type, withGradients: true)
            .Concat(Head(recipe.Encoder.RepresentationSize, method.ProjectorHidden))
            .Concat(method.Predictor ? Head(method.ProjectionSize, method.PredictorHidden) : []).Distinct();

        IEnumerable<ILayerShape> Head(long from, long hidden) => hidden == 0
            ? [new ProductShape(batch, from, method.ProjectionSize, type)]
            : [new ProductShape(batch, from, hidden, type), new ProductShape(batch, hidden, method.ProjectionSize, type)];
    }
}
