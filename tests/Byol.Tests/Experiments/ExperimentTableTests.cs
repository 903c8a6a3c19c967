using Byol.Experiments;
using Byol.Tests.Training;

namespace Byol.Tests.Experiments;

public sealed class ExperimentTableTests
{
    private static readonly Experiment Tau = TauExperiment.Of(TinyRun.Recipe);

    [Fact]
    public void A_row_has_ours_beside_the_papers()
    {
        var table = ExperimentTable.Of(Tau, [Result("tau-0", 1, 0.1, alarm: true), Result("tau-0.99", 1, 0.5)]);
        Assert.Equal(
            [["τ = 0", "10.0 %", "20.0 %", "0.3 %", "0.50", "7.0", "raised"],
                ["τ = 0.99", "50.0 %", "60.0 %", "72.5 %", "0.50", "7.0", ""]],
            table.Rows);
    }

    [Fact]
    public void Seeds_give_mean_and_sample_standard_deviation()
    {
        var row = Assert.Single(ExperimentTable.Of(Tau, [Result("tau-cosine", 1, 0.4), Result("tau-cosine", 2, 0.5, alarm: true)]).Rows);
        Assert.Equal(["τ = 0.99 → 1, cosine", "45.0 ± 7.1 %", "55.0 ± 7.1 %", "–", "0.50", "7.0", "raised in 1 of 2"], row);
    }

    [Fact]
    public void What_was_not_trained_has_no_figures_of_training()
    {
        var experiment = FixedTargetExperiment.Of(TinyRun.Recipe, 1);
        var row = Assert.Single(ExperimentTable.Of(experiment, [new ArmResult("random", 1, 0.1, 0.2, null, null, null, false, 1)]).Rows);
        Assert.Equal(["frozen random network", "10.0 %", "20.0 %", "1.4 %", "–", "–", ""], row);
    }

    [Fact]
    public void Markdown_is_a_table_whatever_the_names() =>
        Assert.Equal("| a\\|b | c |\n| --- | ---: |\n| 1 | 2 |\n", new ExperimentTable(["a|b", "c"], [["1", "2"]]).Markdown());

    private static ArmResult Result(string folder, ulong seed, double knn, bool alarm = false) =>
        new(folder, seed, knn, knn + 0.1, 1.5, 0.5, 7, alarm, 1);
}
