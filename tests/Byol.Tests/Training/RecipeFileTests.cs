using Byol.Data.Views;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Training;

namespace Byol.Tests.Training;

public sealed class RecipeFileTests
{
    public static TheoryData<string> Bundled => [.. RecipeFile.Names];

    [Fact]
    public void Every_recipe_of_the_repository_is_bundled() => Assert.Equal(
        Directory.GetFiles(Path.Combine(Repository.Root, "recipes"), "*.toml").Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal), RecipeFile.Names);

    [Theory]
    [MemberData(nameof(Bundled))]
    public void A_bundled_recipe_is_sound_and_survives_a_round_trip(string name)
    {
        var recipe = RecipeFile.Open(name);
        recipe.Validate();
        Assert.Equal(recipe, RecipeFile.Parse(RecipeFile.Format(recipe, "a header", "of two lines"), "again"));
        Assert.Equal(recipe, RecipeFile.Parse(RecipeFile.Text(name), name));
        Assert.StartsWith("#", RecipeFile.Text(name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_far_from_the_defaults_survives_a_round_trip()
    {
        var recipe = new Recipe
        {
            Encoder = new ResNetOptions { Depth = 34, Width = 0.125, Stem = Stem.Small },
            Views = new() { CropArea = new(0.123456789012345, 0.5), Hue = 1e-7, BlurProbability = new(0.25, 1), Mean = new(1e-300, 2, 3) },
            Method = new() { Tau = 0.1, Predictor = false, TauSchedule = Decay.Constant, TargetFromOtherWeights = true },
            Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 1.0 / 3, WeightDecay = 1e-9, TrustClip = true },
            Training = new()
            {
                Seed = long.MaxValue, Precision = Precision.BFloat16, Epochs = int.MaxValue, CheckpointEvery = new(1, IntervalUnit.Hours)
            },
        };
        Assert.Equal(recipe, RecipeFile.Parse(RecipeFile.Format(recipe), "again"));
    }

    [Fact]
    public void Blocks_are_a_list()
    {
        var recipe = RecipeFile.Parse("[encoder]\ndepth = 18\nblocks = [2, 2, 2, 3]", "own");
        Assert.Equal(new ResNetOptions { Depth = 18, Blocks = [2, 2, 2, 3] }, recipe.Encoder);
        Assert.Contains("\nblocks = [2, 2, 2, 3]\n", RecipeFile.Format(recipe), StringComparison.Ordinal);
        Assert.Equal(recipe, RecipeFile.Parse(RecipeFile.Format(recipe), "again"));
        Assert.Equal(new ResNetOptions { Depth = 18 }, RecipeFile.Set(recipe, "encoder.blocks=[]").Encoder);
        foreach (var value in (string[])["3", "[2.5]", "[\"2\"]", "two"])
        {
            var e = Assert.Throws<RecipeException>(() => RecipeFile.Set(recipe, $"encoder.blocks={value}"));
            Assert.Contains("must be a list of whole numbers", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_recipe_leaves_out_may_come_from_another()
    {
        var basis = new Recipe { Encoder = new ResNetOptions { Depth = 34 }, Training = new() { Epochs = 7 } };
        Assert.Equal(basis with { Training = new() { Epochs = 7, BatchSize = 8 } },
            RecipeFile.Parse("[training]\nbatch_size = 8", "short", basis: basis));
        Assert.Equal(new ResNetOptions { Depth = 34, Width = 0.5 }, RecipeFile.Parse("[encoder]\nwidth = 0.5", "short",
            basis: basis).Encoder);
        Assert.Equal(new ResNetOptions { Depth = 34, Pooling = SpatialPooling.MeanMax }, RecipeFile.Open("adapt", basis: basis).Encoder);
    }

    [Fact]
    public void What_a_recipe_leaves_out_is_as_in_the_paper()
    {
        Assert.Equal(new Recipe(), RecipeFile.Parse("", "empty"));
        Assert.Equal(new Recipe { Training = new() { Epochs = 3 } }, RecipeFile.Parse("[training]\nepochs = 3", "short"));
        new Recipe().Validate();
    }

    [Theory]
    [InlineData("[training]\nepoch = 3", "Recipe key training.epoch is not known; did you mean training.epochs?")]
    [InlineData("[optimizer]\nlearning_rat = 3", "did you mean optimizer.learning_rate?")]
    [InlineData("[trainin]\nepochs = 3", "Recipe key trainin.epochs is not known; did you mean training.epochs?")]
    [InlineData("[Training]\nEpochs = 3", "did you mean training.epochs?")]
    [InlineData("[x]\ny = 3", "Recipe key x.y is not known; known are encoder.kind, encoder.blocks, encoder.depth, ")]
    [InlineData("[training.deep]\nepochs = 3", "Recipe key training.deep is not known")]
    [InlineData("epochs = 3", "r: epochs is outside a section")]
    [InlineData("[[training]]\nepochs = 3", "r: training is outside a section")]
    [InlineData("[training]\nepochs = 3.5", "r: training.epochs = 3.5 does not fit: it must be a whole number.")]
    [InlineData("[training]\nepochs = \"3\"", "training.epochs = \"3\" does not fit: it must be a whole number.")]
    [InlineData("[training]\nepochs = 99999999999", "training.epochs = 99999999999 does not fit: it must be a whole number.")]
    [InlineData("[training]\nepochs = true", "training.epochs = true does not fit: it must be a whole number.")]
    [InlineData("[training]\nepochs = [1, 2]", "training.epochs = [1, 2] does not fit: it must be a whole number.")]
    [InlineData("[training]\nepochs = {a = 1}", "training.epochs = ")]
    [InlineData("[training]\nepochs = 2020-01-01", "training.epochs = ")]
    [InlineData("[training]\nseed = -1", "training.seed = -1 does not fit: it must be a whole number of 0 or more.")]
    [InlineData("[method]\ntau = \"high\"", "method.tau = \"high\" does not fit: it must be a number.")]
    [InlineData("[method]\npredictor = 1", "method.predictor = 1 does not fit: it must be true or false.")]
    [InlineData("[optimizer]\nkind = \"adamx\"", "optimizer.kind = \"adamx\" does not fit: it must be one of lars, sgd, adam, adamw, muon.")]
    [InlineData("[optimizer]\nkind = 1", "optimizer.kind = 1 does not fit: it must be one of lars, sgd, adam, adamw, muon.")]
    [InlineData("[optimizer]\nkind = \"1\"", "optimizer.kind = \"1\" does not fit: it must be one of lars, sgd, adam, adamw, muon.")]
    [InlineData("[encoder]\nstem = \"tiny\"", "encoder.stem = \"tiny\" does not fit: it must be one of imagenet, small, smallstride2.")]
    [InlineData("[training]\ncheckpoint_every = 3",
        "training.checkpoint_every = 3 does not fit: it must be a number and a unit: 200 steps, 10m, 1 epoch.")]
    [InlineData("[training]\ncheckpoint_every = \"0 steps\"", "training.checkpoint_every = \"0 steps\" does not fit: ")]
    [InlineData("[views]\ncrop_area = 0.3", "views.crop_area = 0.3 does not fit: it must be a list of 2 numbers.")]
    [InlineData("[views]\ncrop_area = [0.3]", "views.crop_area = [0.3] does not fit: it must be a list of 2 numbers.")]
    [InlineData("[views]\nmean = [0.3, 0.3, \"x\"]", "views.mean = [0.3, 0.3, \"x\"] does not fit: it must be a list of 3 numbers.")]
    [InlineData("[views]\nmean = [0.3, [0.3], 0.1]", "views.mean = [0.3, [0.3], 0.1] does not fit: it must be a list of 3 numbers.")]
    [InlineData("[training", "r is not TOML: ")]
    [InlineData("[training]\nepochs = ", "r is not TOML: ")]
    [InlineData("[optimizer]\nkind = \"\\", "r is not TOML: ")]
    public void What_does_not_fit_is_refused_with_what_would(string toml, string message)
    {
        var e = Assert.Throws<RecipeException>(() => RecipeFile.Parse(toml, "r"));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("training.epochs=20", "training.epochs", "20")]
    [InlineData(" training.epochs = 20 ", "training.epochs", "20")]
    [InlineData("training.seed=0", "training.seed", "0")]
    [InlineData("method.tau=0.5", "method.tau", "0.5")]
    [InlineData("method.tau=1", "method.tau", "1.0")]
    [InlineData("optimizer.weight_decay=1e-6", "optimizer.weight_decay", "1E-06")]
    [InlineData("optimizer.kind=sgd", "optimizer.kind", "\"sgd\"")]
    [InlineData("optimizer.kind=\"SGD\"", "optimizer.kind", "\"sgd\"")]
    [InlineData("encoder.stem=small-stride2", "encoder.stem", "\"smallstride2\"")]
    [InlineData("encoder.stem=small_stride2", "encoder.stem", "\"smallstride2\"")]
    [InlineData("training.precision=bfloat16", "training.precision", "\"bfloat16\"")]
    [InlineData("method.predictor=false", "method.predictor", "false")]
    [InlineData("views.crop_area=[0.2, 1]", "views.crop_area", "[0.2, 1.0]")]
    [InlineData("views.mean=[0, 0, 1]", "views.mean", "[0.0, 0.0, 1.0]")]
    public void A_setting_is_set_in_the_forms_people_type(string assignment, string key, string expected)
    {
        var before = new Recipe();
        var after = RecipeFile.Set(before, assignment);
        Assert.Equal(expected, RecipeKeys.Get(after, key));
        foreach (var other in RecipeKeys.Names(new Recipe()).Where(n => n != key)) Assert.Equal(RecipeKeys.Get(before, other),
            RecipeKeys.Get(after, other));
        Assert.Equal(new Recipe(), before);
    }

    [Theory]
    [InlineData("training.epochs", "training.epochs is not of the form key=value, for instance training.epochs=20.")]
    [InlineData("", " is not of the form key=value")]
    [InlineData("=5", "Recipe key  is not known")]
    [InlineData("training.epochs=", "training.epochs = \"\" does not fit")]
    [InlineData("training.epochs=many", "training.epochs = \"many\" does not fit")]
    [InlineData("training.epoch=5", "did you mean training.epochs?")]
    [InlineData("epochs=5", "Recipe key epochs is not known")]
    public void A_setting_that_does_not_fit_is_refused(string assignment, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => RecipeFile.Set(new Recipe(), assignment)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("optimizer.per_images", "optimizer.base_batch_size", "128")]
    [InlineData("optimizer.predictor_rate", "optimizer.predictor_learning_rate_scale", "10.0")]
    [InlineData("training.knn_every_epochs", "training.evaluate_every_epochs", "3")]
    [InlineData("training.knn_neighbours", "training.knn_neighbors", "20")]
    [InlineData("training.on_nan", "training.on_non_finite", "\"rewind\"")]
    [InlineData("training.first_image_size", "training.initial_image_size", "96")]
    [InlineData("training.full_size_from", "training.full_resolution_at", "0.5")]
    public void A_key_is_read_under_its_former_name_with_a_warning_where_it_was_typed(string former, string key, string value)
    {
        var warnings = new List<string>();
        Assert.Equal(value, RecipeKeys.Get(RecipeFile.Set(new Recipe(), $"{former}={value}", warnings.Add), key));
        Assert.Equal($"{former} is now called {key}; the old name will be refused in the next version.", Assert.Single(warnings));

        var (section, name) = (former.Split('.')[0], former.Split('.')[1]);
        Assert.Equal(value, RecipeKeys.Get(RecipeFile.Parse($"[{section}]\n{name} = {value}", "written by Byol"), key));
        RecipeFile.Parse($"[{section}]\n{name} = {value}", "typed", warnings.Add);
        Assert.Equal(2, warnings.Count);
        Assert.DoesNotContain(former, RecipeKeys.Names(new Recipe()));
    }

    [Fact]
    public void Every_former_name_stands_for_a_key() =>
        Assert.All(RenamedKeys.Former, former => Assert.Contains(RenamedKeys.Current(former, warn: null), RecipeKeys.Names(new Recipe())));

    [Fact]
    public void A_file_is_opened_by_its_path()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.toml"], "[training]\nepochs = 7");
        Assert.Equal(7, RecipeFile.Open(folder["mine.toml"]).Training.Epochs);
        Assert.Contains("does not exist; known names are",
            Assert.Throws<RecipeException>(() => RecipeFile.Open(folder["other.toml"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_nearest() =>
        Assert.Equal("Recipe quickstrat is not known; did you mean quickstart?",
            Assert.Throws<RecipeException>(() => RecipeFile.Open("quickstrat")).Message);

    [Fact]
    public void Keys_list_every_setting_once()
    {
        Assert.Equal(RecipeKeys.Names(new Recipe()).Count, RecipeKeys.Names(new Recipe()).Distinct().Count());
        foreach (var key in (string[])["encoder.kind", "encoder.depth", "views.image_size", "method.tau", "optimizer.kind",
            "training.epochs"]) Assert.Contains(key, RecipeKeys.Names(new Recipe()));
        Assert.DoesNotContain("encoder.representation_size", RecipeKeys.Names(new Recipe()));   // follows from the others
        foreach (var section in typeof(Recipe).GetProperties())
        {
            var settings = section.GetValue(new Recipe())!.GetType().GetProperties().Count(p => p.CanWrite);
            Assert.Equal(settings + (section.Name == "Encoder" ? 1 : 0), RecipeKeys.Names(new Recipe()).Count(n =>     // and the kind
                n.StartsWith(section.Name.ToLowerInvariant() + ".", StringComparison.Ordinal)));
        }
    }

    // A new type of setting must be read and written, or this test fails for its key.
    [Fact]
    public void Every_key_can_be_set_to_what_it_says()
    {
        foreach (var key in RecipeKeys.Names(new Recipe()))
            Assert.Equal(new Recipe(), RecipeFile.Set(new Recipe(), $"{key} = {RecipeKeys.Get(new Recipe(), key)}"));
    }

    [Fact]
    public void Validation_reaches_every_section()
    {
        var views = new ViewOptions { ImageSize = 1 };
        Recipe[] senseless = [new() { Encoder = new ResNetOptions { Depth = 1 } }, new() { Views = views },
            new() { Method = new() { Tau = 2 } },
            new() { Optimizer = new() { LearningRate = 0 } }, new() { Training = new() { Epochs = 0 } }];
        Assert.All(senseless, r => Assert.Throws<ArgumentException>(r.Validate));
    }
}
