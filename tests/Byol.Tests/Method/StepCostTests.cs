using Byol.Method;
using Byol.Models;

namespace Byol.Tests.Method;

public sealed class StepCostTests
{
    private static readonly EncoderCost Encoder = new(first: 10, rest: 90);

    // Two views, two operations a multiply-add: target 100 + 4·5 + 5·3, online three times as much and the predictor, less the first
    // layer's 10.
    [Fact]
    public void A_step_is_four_passes_of_the_encoder_but_for_the_first_layers_input()
    {
        var method = new ByolOptions { ProjectorHidden = 5, PredictorHidden = 7, ProjectionSize = 3 };
        var (projector, predictor) = (4 * 5 + 5 * 3, 3 * 7 + 7 * 3);
        Assert.Equal(4.0 * (4 * (100 + projector) + 3 * predictor - 10), StepCost.FlopsPerImage(Encoder, 4, method));
    }

    [Fact]
    public void Without_a_predictor_and_with_linear_heads_only_these_are_counted() =>
        Assert.Equal(4.0 * (4 * (100 + 4 * 3) - 10),
            StepCost.FlopsPerImage(Encoder, 4, new ByolOptions { ProjectorHidden = 0, ProjectionSize = 3, Predictor = false }));
}
