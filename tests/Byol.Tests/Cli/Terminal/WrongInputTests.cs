namespace Byol.Tests.Cli.Terminal;

/// <summary>Every mistake: exit code 2, one line, and nothing left behind.</summary>
[Collection(CommandLine.Name)]
public sealed class WrongInputTests : IDisposable
{
    private readonly WrongInput _input = new();

    public void Dispose() => _input.Dispose();

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
        CommandLine.Refuses(["pretrain", "--data", data, "--out", _input.Run, .. CommandLine.Tiny], words);
        CommandLine.Refuses(["preview", "--data", data, "--out", _input["run.png"], "--recipe", "quickstart"], words);
        CommandLine.Refuses(["data", "info", data], words);
        _input.AssertNothingLeft();
    }

    [Fact]
    public void A_folder_without_images()
    {
        Made.File(_input["text/x.txt"], [1]);
        _input.RefusesToPretrain(_input["text"], [], "holds no image");
    }

    [Fact]
    public void A_folder_whose_images_are_all_broken()
    {
        for (var i = 0; i < 20; i++) Made.File(_input[$"broken/{i}.png"], [1, 2, 3]);
        _input.RefusesToPretrain(_input["broken"], [], ".png is not an image");
    }

    [Fact]
    public void A_damaged_file_of_a_known_dataset()
    {
        Made.File(_input["data/cifar10/data_batch_1.bin"], new byte[5000]);
        _input.RefusesToPretrain("cifar10", [], "data_batch_1.bin", "5000 bytes");
        Made.File(_input["data/mnist/train-images-idx3-ubyte.gz"], [1, 2, 3]);
        _input.RefusesToPretrain("mnist", [], "train-images-idx3-ubyte.gz");
        Made.File(_input["x.tar"], Made.Bytes(600, 1));
        _input.RefusesToPretrain(_input["x.tar"], [], "x.tar", "not a whole tar");
    }

    [Fact]
    public void Fewer_images_than_a_batch() =>
        _input.RefusesToPretrain(_input.Images, ["--batch-size", "32"], "20 images", "fewer than a batch of 32", "use --batch-size 10 or less");

    [Theory]
    [InlineData("recipe.toml", "holds another run", "add --force", "another --out")]
    [InlineData("other.txt", "holds other files", "for --out")]
    public void An_output_folder_that_is_taken(string file, params string[] words)
    {
        Made.File(Path.Combine(_input.Run, file), [1]);
        CommandLine.Refuses(["pretrain", "--data", _input.Images, "--out", _input.Run, .. CommandLine.Tiny], words);
        CommandLine.Refuses(["quickstart", "--out", _input.Run], words);
        Assert.Single(Directory.GetFileSystemEntries(_input.Run));
    }

    [Fact]
    public void An_output_that_is_a_file_or_below_one()
    {
        Made.File(_input.Run, [1]);
        CommandLine.Refuses(["pretrain", "--data", _input.Images, "--out", _input.Run, .. CommandLine.Tiny], "is a file", "another --out");
        CommandLine.Refuses(["pretrain", "--data", _input.Images, "--out", Path.Combine(_input.Run, "deeper"), .. CommandLine.Tiny],
            "cannot be written");
    }

    [Fact]
    public void Resuming_where_there_is_no_run()
    {
        CommandLine.Refuses(["pretrain", "--data", _input.Images, "--out", _input.Run, "--resume"], "is not the folder of a run", "leave out --resume");
        _input.AssertNothingLeft();
    }

    [Fact]
    public void Validation_data_without_labels() =>
        _input.RefusesToPretrain(_input.Images, ["--validation", _input.Images], "has no labels", "leave out --validation");

    [Theory]
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
    [InlineData("evaluate x --test y", "--train")]
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
    public void A_sheet_that_cannot_be(string options, string words)
    {
        string[] output = options.StartsWith("--out", StringComparison.Ordinal) ? [] : ["--out", _input["run.png"]];
        CommandLine.Refuses(["preview", "--data", _input.Images, "--recipe", "quickstart", .. options.Split(' '), .. output], words);
    }
}
