using Byol.Comparison;
using Byol.Data.Images;
using Byol.Training;

namespace Byol.Tests.Comparison;

public sealed class ComparisonBudgetTests : IDisposable
{
    private static readonly IReadOnlyList<ComparedOption> Options =
    [
        Free("pixels"), Free("frozen"),
        Free("continued") with { Run = new OptionRun("c", _ => new Recipe(), null, "frozen") },
        Free("scratch") with { Run = new OptionRun("s", _ => new Recipe(), null, "pixels") },
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Scoring takes 1.2 times 10 + 20 + 20 + 10 seconds.
    [Fact]
    public void What_is_left_by_scoring_is_shared()
    {
        var budget = Budget(200);
        budget.Require();
        Assert.Equal(Seconds((200 - 8 - 72) / 2.0), budget.Share());
    }

    [Theory]
    [InlineData(99, "A budget of 1.7 minutes is too short: scoring takes about 1.2 minutes of it, which leaves no time to pretrain; use at least "
        + "2m, and better three times as much.")]
    [InlineData(100, null)]
    public void Too_little_is_refused_before_anything_is_done(int seconds, string? message)
    {
        var refusal = Record.Exception(Budget(seconds).Require);
        Assert.Equal(message, refusal?.Message);
        Assert.Equal([], Directory.EnumerateFileSystemEntries(_folder["."]));
    }

    [Fact]
    public void What_scoring_took_replaces_what_was_thought_also_for_the_trained_encoder_of_the_same_kind()
    {
        var folder = new ComparisonFolder(_folder["c"], ["test"]);
        folder.Create();
        folder.Add(new OptionScores("frozen", false, []), Seconds(40));
        var budget = Budget(300, folder);
        Assert.Equal(Seconds((300 - 8 - 40 - 1.2 * (10 + 40 + 10)) / 2), budget.Share());

        // A run that is finished leaves what it did not take.
        folder.Trained("c", Seconds(30));
        Assert.Equal(Seconds(300 - 8 - 40 - 30 - 1.2 * (10 + 40 + 10)), budget.Share());
    }

    [Fact]
    public void A_run_has_a_little_time_where_scoring_took_all()
    {
        var folder = new ComparisonFolder(_folder["c"], ["test"]);
        var budget = Budget(110, folder);
        budget.Require();
        folder.Create();
        folder.Add(new OptionScores("frozen", false, []), Seconds(100));
        Assert.Equal(Seconds(10), budget.Share());
    }

    [Fact]
    public void What_is_finished_needs_no_time()
    {
        var folder = new ComparisonFolder(_folder["c"], ["test"]);
        folder.Create();
        foreach (var option in Options) folder.Add(new OptionScores(option.Name, option.Run is not null, []), Seconds(50));
        folder.Trained("c", Seconds(50));
        folder.Trained("s", Seconds(50));
        Budget(60, folder).Require();
    }

    private ComparisonBudget Budget(int seconds, ComparisonFolder? folder = null) => new(
        Seconds(seconds), Seconds(8), Options, folder ?? new ComparisonFolder(_folder["none"], ["test"]),
        option => Seconds(option.Name == "frozen" ? 20 : 10));

    private static ComparedOption Free(string name) => new(name, () => throw new InvalidOperationException(), new ImageOptions());

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
