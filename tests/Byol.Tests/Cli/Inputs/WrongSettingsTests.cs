namespace Byol.Tests.Cli.Inputs;

/// <summary>Every setting that makes no sense, typed as an option or written in a recipe file.</summary>
[Collection(CommandLine.Name)]
public sealed class WrongSettingsTests : IDisposable
{
    private readonly WrongInput _input = new();

    public void Dispose() => _input.Dispose();

    [Theory]
    [InlineData("--batch-size 1", "Batch of 1")]
    [InlineData("--batch-size 0", "Batch of 0")]
    [InlineData("--batch-size -4", "Batch of -4")]
    [InlineData("--epochs 0", "0 epochs")]
    [InlineData("--epochs -1", "-1 epochs")]
    [InlineData("--epochs many", "'many'", "--epochs")]
    [InlineData("--epochs 1.5", "'1.5'", "--epochs")]
    [InlineData("--epochs 99999999999", "'99999999999'")]
    [InlineData("--budget 5m", "--budget 5m", "--epochs 2")]
    [InlineData("--set training.budget=5", "training.budget", "30m")]
    [InlineData("--set training.budget=100steps", "training.budget", "30m")]
    [InlineData("--set training.budget=0m", "training.budget", "30m")]
    [InlineData("--set training.budget=9s", "budget of 9 seconds", "10")]
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
    [InlineData("--set training.micro_batches=16", "Batch of 16 in 16 parts")]
    [InlineData("--set training.loader_threads=-1", "-1 loader threads")]
    [InlineData("--set training.log_every_steps=0", "log_every_steps")]
    [InlineData("--set training.knn_temperature=0", "temperature 0")]
    [InlineData("--set nonsense", "key=value")]
    public void Settings_that_make_no_sense(string options, params string[] words)
    {
        _input.RefusesToPretrain(_input.Images, options.Split(' '), words);
        if (!options.StartsWith("--set", StringComparison.Ordinal)) return;
        string[] preview = ["preview", "--data", _input.Images, "--out", _input["run.png"], "--set", "training.batch_size=16"];
        CommandLine.Refuses([.. preview, .. options.Split(' ')], words);
        _input.AssertNothingLeft();
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
        Made.File(_input["r.toml"], Made.Text(text));
        _input.RefusesToPretrain(_input.Images, ["--recipe", _input["r.toml"]], words);
    }
}
