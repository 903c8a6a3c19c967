namespace Byol.Tests.Cli;

/// <summary>Every mistake: exit code 2, one line, and nothing left behind.</summary>
[Collection(CommandLine.Name)]
public sealed class WrongInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _run;
    private readonly EnvironmentVariable _data, _cache;

    public WrongInputTests()
    {
        _images = Made.Images(_folder["images"], 20);
        _run = _folder["run"];
        (_data, _cache) = (new EnvironmentVariable("BYOL_DATA", _folder["data"]), new EnvironmentVariable("BYOL_CACHE", _folder["cache"]));
    }

    public void Dispose()
    {
        _data.Dispose();
        _cache.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("nowhere/at/all", "nowhere/at/all", "does not exist")]
    [InlineData("nowhere", "nowhere", "known are")]
    [InlineData("cifar", "cifar10", "did you mean")]
    [InlineData("cifar10", "byol data get cifar10", "not on this machine")]
    [InlineData("fashion-mnist-10k:tarin", "train", "did you mean")]
    [InlineData("fashion-mnist-10k:test", "train, validation", "no split")]
    [InlineData("nowhere-{0..3}.tar", "nowhere-0.tar", "does not exist")]
    [InlineData("nowhere-{0..3.tar", "brace", "close")]
    [InlineData("nowhere/*.tar", "nowhere/*.tar", "No file matches")]
    [InlineData("x.parquet", "Parquet", "folder of images")]
    [InlineData(",", "No data was named", "byol data list")]
    public void Data_that_is_not_there(string data, params string[] words)
    {
        CommandLine.Refuses(["pretrain", "--data", data, "--out", _run, .. CommandLine.Tiny], words);
        CommandLine.Refuses(["preview", "--data", data, "--out", _folder["run.png"], "--recipe", "quickstart"], words);
        CommandLine.Refuses(["data", "info", data], words);
        AssertNothingLeft();
    }

    [Fact]
    public void A_folder_without_images()
    {
        Made.File(_folder["text/x.txt"], [1]);
        RefusesToPretrain(_folder["text"], [], "holds no image");
    }

    [Fact]
    public void A_folder_whose_images_are_all_broken()
    {
        for (var i = 0; i < 20; i++) Made.File(_folder[$"broken/{i}.png"], [1, 2, 3]);
        RefusesToPretrain(_folder["broken"], [], ".png is not an image");
    }

    [Fact]
    public void A_damaged_file_of_a_known_dataset()
    {
        Made.File(_folder["data/cifar10/data_batch_1.bin"], new byte[5000]);
        RefusesToPretrain("cifar10", [], "data_batch_1.bin", "5000 bytes");
        Made.File(_folder["data/mnist/train-images-idx3-ubyte.gz"], [1, 2, 3]);
        RefusesToPretrain("mnist", [], "train-images-idx3-ubyte.gz");
        Made.File(_folder["x.tar"], Made.Bytes(600, 1));
        RefusesToPretrain(_folder["x.tar"], [], "x.tar", "not a whole tar");
    }

    [Fact]
    public void Fewer_images_than_a_batch() => RefusesToPretrain(_images, ["--batch-size", "32"], "20 images", "fewer than a batch of 32");

    [Theory]
    [InlineData("--batch-size 1", "Batch of 1")]
    [InlineData("--batch-size 0", "Batch of 0")]
    [InlineData("--batch-size -4", "Batch of -4")]
    [InlineData("--epochs 0", "0 epochs")]
    [InlineData("--epochs -1", "-1 epochs")]
    [InlineData("--epochs many", "'many'", "--epochs")]
    [InlineData("--epochs 1.5", "'1.5'", "--epochs")]
    [InlineData("--epochs 99999999999", "'99999999999'")]
    [InlineData("--seed -1", "'-1'", "--seed")]
    [InlineData("--image-size 4", "Image size 4")]
    [InlineData("--image-size 5000", "Image size 5000")]
    [InlineData("--encoder resnet19", "depth 19", "18, 34, 50")]
    [InlineData("--encoder resnet18x0.3", "width 0.3")]
    [InlineData("--encoder resnet18x0", "width 0")]
    [InlineData("--encoder resnet18x9", "width 9")]
    [InlineData("--encoder resnet18xwide", "encoder.width")]
    [InlineData("--encoder resnet", "encoder.depth")]
    [InlineData("--encoder vit", "Encoder vit", "resnet18")]
    [InlineData("--precision float64", "training.precision", "float32")]
    [InlineData("--recipe quickstrat", "did you mean quickstart?")]
    [InlineData("--recipe imagenet-2012-long", "quickstart")]
    [InlineData("--recipe nowhere.toml", "nowhere.toml", "does not exist")]
    [InlineData("--set optimizer.learning_rate=-0.1", "Learning rate -0.1")]
    [InlineData("--set optimizer.learning_rate=0", "Learning rate 0")]
    [InlineData("--set optimizer.learning_rate=nan", "Learning rate NaN")]
    [InlineData("--set optimizer.learning_rate=inf", "Learning rate")]
    [InlineData("--set optimizer.learning_rate=fast", "optimizer.learning_rate", "a number")]
    [InlineData("--set optimizer.learning_rate=", "optimizer.learning_rate", "a number")]
    [InlineData("--set optimizer.learning_rat=1", "did you mean optimizer.learning_rate?")]
    [InlineData("--set learning_rate=1", "learning_rate", "not known")]
    [InlineData("--set optimizer.kind=sdg", "lars, sgd, adam, adamw")]
    [InlineData("--set optimizer.momentum=1", "Momentum 1")]
    [InlineData("--set optimizer.weight_decay=-1", "Weight decay -1")]
    [InlineData("--set optimizer.warmup_epochs=-1", "Warm-up of -1")]
    [InlineData("--set method.tau=2", "2 must lie between 0 and 1")]
    [InlineData("--set method.tau=nan", "NaN must lie between 0 and 1")]
    [InlineData("--set method.taus=0.9", "did you mean method.tau?")]
    [InlineData("--set method.projection_size=1", "at least 2 dimensions")]
    [InlineData("--set method.projector_hidden=-1", "Hidden sizes -1")]
    [InlineData("--set method.predictor=maybe", "true or false")]
    [InlineData("--set views.crop_area=[1.0,0.1]", "Crop area 1 to 0.1")]
    [InlineData("--set views.crop_area=[0,1]", "Crop area 0 to 1")]
    [InlineData("--set views.crop_area=[nan,1]", "Crop area NaN")]
    [InlineData("--set views.crop_area=0.5", "a list of 2 numbers")]
    [InlineData("--set views.crop_area=[0.5]", "a list of 2 numbers")]
    [InlineData("--set views.hue=0.6", "Hue 0.6")]
    [InlineData("--set views.blur_kernel=4", "Blur kernel 4")]
    [InlineData("--set views.standard_deviation=[0,1,1]", "standard deviation")]
    [InlineData("--set views.mean=[nan,0,0]", "mean")]
    [InlineData("--set views.standard_deviation=[inf,1,1]", "standard deviation")]
    [InlineData("--set views.brightness=inf", "Brightness")]
    [InlineData("--set views.crop_ratio=[1.0,inf]", "Crop ratio")]
    [InlineData("--set views.blur_sigma=[0.1,inf]", "Blur sigma")]
    [InlineData("--set views.flip_probability=1.5", "1.5 must lie between 0 and 1")]
    [InlineData("--set training.micro_batches=3", "does not divide")]
    [InlineData("--set training.micro_batches=0", "0 micro-batches")]
    [InlineData("--set training.micro_batches=16", "Batch of 1")]
    [InlineData("--set training.loader_threads=-1", "-1 loader threads")]
    [InlineData("--set training.log_every_steps=0", "log_every_steps")]
    [InlineData("--set training.knn_temperature=0", "temperature 0")]
    [InlineData("--set nonsense", "key=value")]
    public void Settings_that_make_no_sense(string options, params string[] words)
    {
        RefusesToPretrain(_images, options.Split(' '), words);
        if (options.StartsWith("--set", StringComparison.Ordinal)) CommandLine.Refuses(["preview", "--data", _images, "--out", _folder["run.png"], .. CommandLine.Tiny, .. options.Split(' ')], words);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("epochs = 3", "outside a section")]
    [InlineData("[training]\nepochs = ", "not TOML")]
    [InlineData("[training]\nepoch = 3", "did you mean training.epochs?")]
    [InlineData("[training]\nepochs = \"three\"", "a whole number")]
    [InlineData("[trainin]\nepochs = 3", "did you mean training.epochs?")]
    [InlineData("\0\u0001", "not TOML")]
    public void A_recipe_file_that_cannot_be_read(string text, params string[] words)
    {
        Made.File(_folder["r.toml"], Made.Text(text));
        RefusesToPretrain(_images, ["--recipe", _folder["r.toml"]], words);
    }

    [Theory]
    [InlineData("recipe.toml", "holds another run")]
    [InlineData("other.txt", "holds other files")]
    public void An_output_folder_that_is_taken(string file, string words)
    {
        Made.File(Path.Combine(_run, file), [1]);
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny], words);
        CommandLine.Refuses(["quickstart", "--out", _run], words);
        Assert.Single(Directory.GetFileSystemEntries(_run));
    }

    [Fact]
    public void An_output_that_is_a_file_or_below_one()
    {
        Made.File(_run, [1]);
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny], "is a file");
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", Path.Combine(_run, "deeper"), .. CommandLine.Tiny], "cannot be written");
    }

    [Fact]
    public void Resuming_where_there_is_no_run()
    {
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, "--resume"], "no run to resume");
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("--recipe quickstart")]
    [InlineData("--epochs 3")]
    [InlineData("--batch-size 16")]
    [InlineData("--image-size 16")]
    [InlineData("--encoder resnet18")]
    [InlineData("--precision float32")]
    [InlineData("--seed 2")]
    [InlineData("--set method.tau=0.9")]
    public void Resuming_with_another_recipe(string option) =>
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, "--resume", .. option.Split(' ')], option.Split(' ')[0], "--resume", "keeps its recipe");

    [Fact]
    public void Validation_data_without_labels() => RefusesToPretrain(_images, ["--validation", _images], "has no labels");

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("pretrian", "pretrian is not known; did you mean pretrain?", "See byol --help.")]
    [InlineData("train --data x --out y", "train is not known", "pretrain")]
    [InlineData("data", "Required command")]
    [InlineData("data lst", "lst is not known; did you mean list?", "See byol data --help.")]
    [InlineData("data info", "data", "byol data info --help")]
    [InlineData("data get", "'get'", "byol data get --help")]
    [InlineData("data get cifar", "did you mean cifar10?")]
    [InlineData("data get fashion-mnist-10k", "comes with byol")]
    [InlineData("pretrain", "--data", "byol pretrain --help")]
    [InlineData("pretrain --data x", "--out", "byol pretrain --help")]
    [InlineData("pretrain --out x", "--data")]
    [InlineData("pretrain --data x --out", "--out")]
    [InlineData("pretrain --data x --out y --nonsense", "--nonsense is not known")]
    [InlineData("pretrain --data x --out y --epoch 3", "--epoch is not known; did you mean --epochs?")]
    [InlineData("pretrain --data x --out y stray", "stray is not known")]
    [InlineData("preview --data x", "--out")]
    [InlineData("evaluate", "--train", "byol evaluate --help")]
    [InlineData("evaluate x --train y", "--test")]
    [InlineData("evaluate x --train y --test z --protocol magic", "magic", "knn")]
    [InlineData("evaluate x --train y --test z --k many", "'many'", "--k")]
    [InlineData("doctor --nonsense", "--nonsense")]
    [InlineData("quickstart stray", "stray is not known. See byol quickstart --help.")]
    public void Words_that_are_not_known_or_missing(string arguments, params string[] words) =>
        CommandLine.Refuses(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), words);

    [Theory]
    [InlineData("--count 0", "--count 0")]
    [InlineData("--count 201", "--count 201")]
    [InlineData("--tile 7", "--tile 7")]
    [InlineData("--tile 2000", "--tile 2000")]
    [InlineData("--out sheet.jpg", ".png")]
    public void A_sheet_that_cannot_be(string options, string words) =>
        CommandLine.Refuses(["preview", "--data", _images, "--recipe", "quickstart", .. options.Split(' '), .. options.Contains("--out", StringComparison.Ordinal) ? Array.Empty<string>() : ["--out", _folder["run.png"]]], words);

    private void RefusesToPretrain(string data, IEnumerable<string> options, params string[] words)
    {
        CommandLine.Refuses(["pretrain", "--data", data, "--out", _run, .. WithoutDoubles(options.ToList())], words);
        AssertNothingLeft();
    }

    // An option that stands twice would be refused for that.
    private static IEnumerable<string> WithoutDoubles(List<string> options)
    {
        for (var i = 0; i < CommandLine.Tiny.Length; i += 2)
        {
            if (CommandLine.Tiny[i] != "--set" && options.Contains(CommandLine.Tiny[i])) continue;
            yield return CommandLine.Tiny[i];
            yield return CommandLine.Tiny[i + 1];
        }
        foreach (var option in options) yield return option;
    }

    private void AssertNothingLeft()
    {
        Assert.False(Directory.Exists(_run));
        Assert.False(File.Exists(_folder["run.png"]));
        Assert.False(Directory.Exists(_folder["cache"]));
    }
}
