using Byol.Embeddings;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Models;
using Byol.TensorFiles;
using Byol.Tests.Cli;
using Byol.Tests.Training;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.OwnEncoder;

/// <summary>An encoder of one's own gets everything that ours gets, and is told to the library in one place: its options.</summary>
[Collection(CommandLine.Name)]
public sealed class OwnEncoderTests
{
    private static readonly PatternImages Data = new(64), Validation = new(24, seed: 2, name: "others");
    private static readonly Recipe Recipe = TinyRun.Recipe with { Encoder = new TinyNetOptions { Channels = 6, Cutoff = Cutoff.Silu } };

    public OwnEncoderTests() => EncoderKinds.Register<TinyNetOptions>(TinyNetOptions.Kind);

    [Theory]
    [InlineData(Precision.Float32, false)]
    [InlineData(Precision.Float32, true)]
    [InlineData(Precision.BFloat16, false)]
    public void It_trains_is_evaluated_and_resumes_bit_for_bit(Precision precision, bool parallel)
    {
        var recipe = Recipe with { Training = Recipe.Training with { Precision = precision } };
        using var whole = new TinyRun { Parallel = parallel };
        Assert.True(whole.Train(recipe, Data, Validation).Finished);
        Assert.Equal([4, 8, 12], whole.Evaluations.Select(e => e.Step));
        Assert.All(whole.Evaluations, e => Assert.NotNull(e.Probe));
        Assert.Equal(3, whole.Diagnoses.Count);

        using var interrupted = new TinyRun { Parallel = parallel, InterruptAfter = 5 };
        Assert.False(interrupted.Train(recipe, Data, Validation).Finished);
        using var resumed = interrupted.Reopened();
        Assert.True(resumed.Train(recipe, Data, Validation, resume: true).Finished);
        Assert.Equal(whole.State, resumed.State);
        Assert.Equal(whole.Encoder, resumed.Encoder);
        Assert.Equal(whole.Log, resumed.Log);
    }

    [Fact]
    public void Its_recipe_is_written_and_read_with_its_own_keys()
    {
        var toml = RecipeFile.Format(Recipe);
        Assert.Contains("[encoder]\nkind = \"tiny-net\"\nchannels = 6\ncutoff = \"silu\"\nlayers = 2\n", toml);
        Assert.Equal(Recipe, RecipeFile.Parse(toml, "its recipe"));
        const string kind = "kind = \"tiny-net\"\n", layers = "layers = 2\n";
        Assert.Equal(Recipe, RecipeFile.Parse(toml.Replace(kind, "").Replace(layers, layers + kind), "kind last"));
        var set = RecipeFile.Set(RecipeFile.Set(new Recipe(), "encoder.kind=tiny-net"), "encoder.channels=12");
        Assert.Equal(new TinyNetOptions { Channels = 12 }, set.Encoder);
        Assert.Equal(set, RecipeFile.Set(set, "encoder.kind=tiny-net"));
        Assert.Equal(new Recipe(), RecipeFile.Set(set, "encoder.kind=resnet"));
        var e = Assert.Throws<RecipeException>(() => RecipeFile.Set(set, "encoder.depth=18"));
        Assert.Contains("encoder.depth is not known", e.Message);
    }

    [Fact]
    public void Its_file_is_opened_embeds_and_is_scored()
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun();
        run.Train(Recipe with { Training = Recipe.Training with { Epochs = 1 } }, Data);
        using (var opened = EncoderFile.Open(run.EncoderPath, CPU))
        {
            Assert.Equal(Recipe.Encoder, opened.Description.Architecture);
            Assert.False(opened.Network.training);
        }
        using var encoder = TorchEncoder.Open(run.EncoderPath, Precision.Float32, CPU);
        using var collector = new EmbeddingCollector();
        var stop = TestContext.Current.CancellationToken;
        Assert.Empty(EmbeddingPass.Run(encoder, Data, collector, cancellation: stop));
        using var set = collector.ToSet("patterns");
        Assert.Equal([64, 12], set.Values.shape);
        Assert.Equal(Recipe.Encoder, EmbeddingSource.Of(encoder)!.Description.Architecture);

        var task = new EvaluationTask(Data, Validation);
        var subject = new EncoderSubject(
            "own", Recipe.Encoder, Recipe.Views, Precision.Float32, CPU,
            () => TorchEncoder.Open(run.EncoderPath, Precision.Float32, CPU), _ => EncoderFile.Open(run.EncoderPath, CPU).Network);
        Protocol[] protocols =
        [
            new KnnProtocol(new KnnOptions(5)), new LinearProtocol(), new LinearSgdProtocol(new LinearSgdOptions(epochs: 2)),
            new FineTuneProtocol(new FineTuneOptions(epochs: 1, leastSteps: 1)),
        ];
        foreach (var protocol in protocols)
        {
            using var probe = protocol.Probe(subject, task);
            Assert.Equal(12, probe.Dimension);
            Assert.Equal([24, 2], probe.Scores([.. Enumerable.Range(0, 64)], seed: 1).shape);
        }
    }

    [Fact]
    public void A_file_of_a_kind_that_is_not_known_is_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Write(folder["e.safetensors"], metadata => metadata["encoder_kind"] = "no-such-net");
        var e = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e.safetensors"], CPU));
        Assert.Contains("an encoder of kind no-such-net, which is not known here", e.Message);
        Assert.DoesNotContain('\n', e.Message);
        CommandLine.Refuses(["embed", folder["e.safetensors"], "--data", "x", "--out", folder["e.npy"]], "no-such-net", "not known");
    }

    [Theory]
    [InlineData("""{"channels":6,"layers":2,"cutoff":"Silu","depth":3}""")]
    [InlineData("""{"channels":0}""")]
    [InlineData("""{"channels":"six"}""")]
    [InlineData("channels=6")]
    [InlineData("null")]
    [InlineData("")]
    public void A_file_whose_options_make_no_encoder_is_refused(string options)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Write(folder["e.safetensors"], metadata => metadata["encoder_options"] = options);
        var e = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e.safetensors"], CPU));
        Assert.Contains("has no usable encoder_options", e.Message);
    }

    [Fact]
    public void A_file_of_other_shapes_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Write(folder["e.safetensors"], metadata => metadata["encoder_options"] = """{"channels":7,"layers":2,"cutoff":"Relu"}""");
        var e = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e.safetensors"], CPU));
        Assert.Contains("tensor conv0.weight has shape [6,3,3,3] where [7,3,3,3] is needed", e.Message);
    }

    [Fact]
    public void A_recipe_of_a_kind_that_is_not_known_is_refused_in_one_line()
    {
        var e = Assert.Throws<RecipeException>(() => RecipeFile.Parse("[encoder]\nkind = \"no-such-net\"\nsize = 3\n", "r.toml"));
        Assert.StartsWith("r.toml: encoder.kind = \"no-such-net\" is not known", e.Message);
        Assert.Throws<RecipeException>(() => RecipeFile.Parse("[encoder]\nkind = 3\n", "r.toml"));
        CommandLine.Refuses(["pretrain", "--data", "x", "--out", "y", "--set", "encoder.kind=no-such-net"], "no-such-net", "not known");
    }

    [Fact]
    public void Names_of_kinds_are_one_to_one()
    {
        EncoderKinds.Register<TinyNetOptions>(TinyNetOptions.Kind);
        Assert.Contains(TinyNetOptions.Kind, EncoderKinds.Names);
        Assert.Throws<ArgumentException>(() => EncoderKinds.Register<TinyNetOptions>("another"));
        Assert.Throws<ArgumentException>(() => EncoderKinds.Register<UnnamedOptions>(TinyNetOptions.Kind));
        Assert.Throws<ArgumentException>(() => EncoderKinds.Register<UnnamedOptions>("resnet"));
        foreach (var name in (string[])["", "My Net", "net\n"])
            Assert.Throws<ArgumentException>(() => EncoderKinds.Register<UnnamedOptions>(name));
    }

    [Fact]
    public void An_encoder_without_a_name_does_not_begin_a_run_that_could_not_be_resumed()
    {
        using var run = new TinyRun();
        var e = Assert.Throws<ArgumentException>(() => run.Train(TinyRun.Recipe with { Encoder = new UnnamedOptions() }, Data));
        Assert.Contains("EncoderKinds.Register<UnnamedOptions>", e.Message);
    }

    [Fact]
    public void What_computes_in_fp32_alone_is_not_asked_for_bfloat16()
    {
        var unnamed = new UnnamedOptions();
        Assert.Equal(ScalarType.Float32, unnamed.ComputeType(Precision.Auto, CPU));
        Assert.Contains("does not compute in bfloat16", Assert.Throws<ArgumentException>(() => unnamed.Require(Precision.BFloat16)).Message);
    }

    private sealed record UnnamedOptions : EncoderOptions
    {
        public override long RepresentationSize => 3;

        public override void Validate()
        {
        }

        public override nn.Module<Tensor, Tensor> Create(WeightSource weights) => throw new NotSupportedException();
    }

    private static void Write(string path, Action<Dictionary<string, string>> change)
    {
        using var weights = new WeightSource(1, CPU);
        using var network = Recipe.Encoder.Create(weights);
        var metadata = new EncoderDescription(Recipe.Encoder, Preprocessing.Of(Recipe.Views)).ToMetadata();
        change(metadata);
        using var stream = File.Create(path);
        Safetensors.Write(stream, [.. EncoderFile.Tensors(network)], metadata);
    }
}
