using Byol.Models;
using Byol.Models.ResNet;
using Byol.Tests.Interop;
using Byol.Training;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>Which encoder a budget of time is given, on machines that are told how fast they are.</summary>
public sealed class EncoderSizingTests
{
    /// <summary>How fast a machine trains an eighth of the width, and what a width costs there: its power of the time.</summary>
    private sealed record Machine(double Rate, double Power)
    {
        public double ImagesPerSecond(Recipe recipe) => Rate * Math.Pow(8 * recipe.Encoder.AsResNet().Width, -Power);
    }

    private static readonly Gen<Machine> Machines =
        from rate in Gen.Double[0, 4].Select(x => Math.Pow(10, x)) from power in Gen.Double[0, 2.5] select new Machine(rate, power);

    private static readonly Gen<TimeSpan> Budgets = Gen.Double[1, 6].Select(x => TimeSpan.FromSeconds(Math.Pow(10, x)));

    private static Recipe For(TimeSpan budget) => new() { Encoder = new ResNetOptions { Depth = 18 }, Training = new() { Budget = budget } };

    private static (Recipe Chosen, List<EncoderTrial> Trials) Choose(Machine machine, Recipe recipe, TimeSpan spent = default)
    {
        var trials = new List<EncoderTrial>();
        return (EncoderSizing.Choose(recipe, machine.ImagesPerSecond, () => spent, trials.Add), trials);
    }

    [Theory]
    [InlineData(18, 1.0, Stem.ImageNet, 11_176_512)]    // torchvision's, without the classifier
    [InlineData(50, 1.0, Stem.ImageNet, 23_508_032)]
    public void Parameters_are_those_of_the_published_networks(int depth, double width, Stem stem, long expected) =>
        Assert.Equal(expected, new ResNetOptions { Depth = depth, Width = width, Stem = stem }.ParameterCount);

    [Fact]
    public void Parameters_are_those_of_the_network_that_is_built()
    {
        var options = new ResNetOptions { Depth = 50, Width = 0.125, Stem = Stem.SmallStride2 };
        using var weights = new WeightSource(1, CPU);
        using var network = new ResNet(options, weights);
        Assert.Equal(network.parameters().Sum(p => p.numel()), options.ParameterCount);
    }

    [Fact]
    public void What_does_not_fit_into_memory_does_not_fit()
    {
        var trials = new List<EncoderTrial>();
        var chosen = EncoderSizing.Choose(For(TimeSpan.FromDays(100)), recipe => recipe.Encoder.AsResNet().Width < 0.5 ? 1e4
            : throw new LibtorchError("CUDA out of memory. Tried to allocate 2.00 GiB"), () => TimeSpan.Zero, trials.Add);
        Assert.Equal(0.25, chosen.Encoder.AsResNet().Width);
        Assert.Equal([1e4, 1e4, 0], trials.Select(t => t.ImagesPerSecond));
    }

    [Fact]
    public void What_sees_fewer_images_than_a_fiftieth_of_its_weights_is_told()
    {
        var encoder = new ResNetOptions { Depth = 18, Width = 0.25 };
        var least = (long)Math.Ceiling(0.02 * encoder.ParameterCount);
        Assert.Null(EncoderSizing.Shortfall(encoder, least));
        Assert.Contains("train longer", EncoderSizing.Shortfall(encoder, least - 1), StringComparison.Ordinal);
    }

    [Fact]
    public void The_widest_that_sees_enough_is_chosen() => Gen.Select(Machines, Budgets).Sample((machine, budget) =>
    {
        var (chosen, _) = Choose(machine, For(budget));
        var fitting = new[] { 0.125, 0.25, 0.5, 1 }.Where(width =>
        {
            var encoder = chosen.Encoder.AsResNet() with { Width = width };
            return machine.ImagesPerSecond(chosen with { Encoder = encoder }) * budget.TotalSeconds >= EncoderSizing.Wanted(encoder);
        });
        Assert.Equal(fitting.Append(0.125).Max(), chosen.Encoder.AsResNet().Width);
        Assert.Equal(For(budget) with { Encoder = chosen.Encoder }, chosen);
    });

    [Fact]
    public void More_time_never_makes_it_narrower() => Gen.Select(Machines, Budgets, Gen.Double[1, 100]).Sample((machine, budget, times) =>
        Choose(machine, For(budget)).Chosen.Encoder.AsResNet().Width <= Choose(machine, For(times * budget)).Chosen.Encoder.AsResNet().Width);

    // A trial of six steps must not cost what it is to save: but for the narrowest, none is timed that the time could not suffice for.
    [Fact]
    public void What_cannot_fit_is_not_timed() => Gen.Select(Machines, Budgets).Sample((machine, budget) =>
    {
        var (chosen, trials) = Choose(machine, For(budget));
        Assert.InRange(trials.Count(t => !t.Fits), 0, 1);
        Assert.All(trials.Skip(1), t => Assert.True(trials[0].ImagesPerSecond * budget.TotalSeconds >= t.Wanted));
        Assert.Contains(trials, t => t.Encoder == chosen.Encoder);
    });

    [Fact]
    public void Time_that_is_spent_does_not_count() => Gen.Select(Machines, Budgets, Budgets).Sample((machine, budget, spent) =>
        Choose(machine, For(budget + spent), spent).Chosen.Encoder == Choose(machine, For(budget)).Chosen.Encoder);

    [Fact]
    public void The_time_that_trials_take_is_spent() => Gen.Select(Machines, Budgets, Gen.Double[0, 0.4]).Sample((machine, budget, share) =>
    {
        var trials = new List<EncoderTrial>();
        var chosen = EncoderSizing.Choose(For(budget), machine.ImagesPerSecond, () => trials.Count * share * budget, trials.Add);
        Assert.All(trials, (t, i) =>
            Assert.Equal(t.ImagesPerSecond * Math.Max(0, 1 - i * share) * budget.TotalSeconds, t.Images, 1e-6 * t.Images + 1e-6));
        Assert.True(chosen.Encoder.AsResNet().Width <= Choose(machine, For(budget)).Chosen.Encoder.AsResNet().Width);
    });

    [Fact]
    public void With_no_time_left_the_narrowest_is_chosen() =>
        Assert.Equal(0.125, Choose(new Machine(1000, 1), For(TimeSpan.FromMinutes(5)), TimeSpan.FromMinutes(6)).Chosen.Encoder.AsResNet().Width);

    [Theory]
    [InlineData(2.0, 2.0)]      // the recipe's own width is reached where it is more than the published one ...
    [InlineData(0.25, 1.0)]     // ... and where it is less it is no limit
    public void With_all_the_time_of_the_world_the_widest_is_chosen(double width, double chosen)
    {
        var recipe = For(TimeSpan.FromDays(365)) with { Encoder = new ResNetOptions { Depth = 50, Width = width, Stem = Stem.Small } };
        Assert.Equal(recipe.Encoder.AsResNet() with { Width = chosen }, Choose(new Machine(1000, 1.5), recipe).Chosen.Encoder);
    }

    [Theory]
    [InlineData(0.25, 0.1)]     // below a million weights
    [InlineData(0.5, 1.0)]      // beyond
    public void A_weight_wants_a_tenth_of_an_image_or_a_whole_one(double width, double images)
    {
        var encoder = new ResNetOptions { Depth = 18, Width = width, Stem = Stem.SmallStride2 };
        Assert.Equal(images * encoder.ParameterCount, EncoderSizing.Wanted(encoder), 1e-6);
    }

    // docs/HOUR.md: what each width had seen where it was ahead of the next narrower one, or behind it.
    [Theory]
    [InlineData(0.25, 29_000, false)]
    [InlineData(0.25, 91_000, true)]
    [InlineData(0.5, 140_000, false)]
    [InlineData(0.5, 1_396_000, false)]
    public void The_rule_says_what_was_measured(double width, double seen, bool ahead) =>
        Assert.Equal(ahead, seen >= EncoderSizing.Wanted(new ResNetOptions { Depth = 18, Width = width, Stem = Stem.SmallStride2 }));

    [Fact]
    public void Steps_are_timed_on_the_images_themselves()
    {
        var trials = new List<EncoderTrial>();
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Budget = TimeSpan.FromSeconds(20) } };
        var chosen = EncoderSizing.Choose(recipe, new PatternImages(64), CPU, TimeSpan.FromSeconds(10), trials.Add);
        Assert.Contains(chosen.Encoder.AsResNet().Width, new[] { 0.125, 0.25, 0.5, 1 });
        Assert.All(trials, t => Assert.InRange(t.Images, 0, 10 * t.ImagesPerSecond));       // what trials take is spent
        Assert.InRange(trials[0].ImagesPerSecond, 1, 1e6);
        Assert.Equal(0.125, trials[0].Encoder.AsResNet().Width);
    }

    [Fact]
    public void Too_few_images_are_refused_before_any_step()
    {
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Budget = TimeSpan.FromSeconds(20) } };
        var e = Assert.Throws<ArgumentException>(() => EncoderSizing.Choose(recipe, new PatternImages(15), CPU, TimeSpan.Zero, _ => { }));
        Assert.Contains("a batch of", e.Message, StringComparison.Ordinal);
    }
}
