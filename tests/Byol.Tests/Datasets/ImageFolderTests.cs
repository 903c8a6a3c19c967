using System.Diagnostics;
using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_lie_at_any_depth_in_ordinal_order()
    {
        Add("b.png", "a/z.png", "a/b/c/d/e.png", "B.png");
        Assert.Equal(["B.png", "a/b/c/d/e.png", "a/z.png", "b.png"], Names());
    }

    [Fact]
    public void The_first_folder_is_the_label_where_every_image_lies_in_one()
    {
        Add("dog/x/1.png", "cat/1.png", "cat/2.png");
        var data = new ImageFolder(_folder.Path);
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
    }

    [Fact]
    public void One_image_at_the_top_leaves_all_without_labels()
    {
        Add("dog/1.png", "cat/1.png", "stray.png");
        var data = new ImageFolder(_folder.Path);
        Assert.Equal((3, 0, (int?)null), (data.Count, data.Classes.Count, data.Label(0)));
    }

    [Theory]
    [InlineData("x.JPG")]
    [InlineData("x.Jpeg")]
    [InlineData("x.PNG")]
    [InlineData("x.webp")]
    [InlineData("x.bmp")]
    [InlineData("x.gif")]
    [InlineData("with space.png")]
    [InlineData(" leading.png")]
    [InlineData("ünïcödé 図.png")]
    [InlineData("🐕.png")]
    [InlineData("a.b.c.png")]
    [InlineData("quote'd \"x\".png")]
    [InlineData("comma, {brace}.png")]
    [InlineData("-rf.png")]
    [InlineData("folder with space/名前.png")]
    public void Odd_names_are_read(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.Contains('"', StringComparison.Ordinal), "Windows has no such name.");
        Add(name);
        var data = new ImageFolder(_folder.Path);
        Assert.Equal([name], Names());
        Assert.Equal(16, data.Read(0).Width);
    }

    [Theory]
    [InlineData("x.txt")]
    [InlineData("x.png.txt")]
    [InlineData("png")]
    [InlineData("x.tiff")]
    [InlineData(".hidden.png")]
    [InlineData(".hidden/x.png")]
    [InlineData("._x.png")]
    public void Other_and_hidden_files_are_passed_over(string name)
    {
        Add("a.png", name);
        Assert.SkipWhen(OperatingSystem.IsWindows()
            && name.Contains('.', StringComparison.Ordinal) && name[0] == '.', "Windows hides by attribute.");
        Assert.Equal(["a.png"], Names());
    }

    [Fact]
    public void An_empty_folder_and_one_without_images_say_so()
    {
        Assert.Contains("holds no image", Assert.Throws<DatasetException>(() => new ImageFolder(_folder.Path)).Message);
        Made.File(_folder["x/y.txt"], [1]);
        Assert.Contains(_folder.Path, Assert.Throws<DatasetException>(() => new ImageFolder(_folder.Path)).Message);
    }

    [Fact]
    public void A_missing_folder_says_so() =>
        Assert.Contains("does not exist", Assert.Throws<DatasetException>(() => new ImageFolder(_folder["nowhere"])).Message);

    [Fact]
    public void Empty_files_are_passed_over()
    {
        Add("a.png");
        Made.File(_folder["empty.png"], []);
        Assert.Equal(["a.png"], Names());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void A_damaged_image_is_named(int bytes)
    {
        Made.File(_folder["bad.png"], Made.Png()[..bytes]);
        Assert.Contains(_folder["bad.png"], Assert.Throws<InvalidDataException>(() => new ImageFolder(_folder.Path).Read(0)).Message);
    }

    [Fact]
    public void A_folder_named_like_an_image_is_no_image()
    {
        Add("x.png/real.png");
        Assert.Equal(["x.png/real.png"], Names());
    }

    [Fact]
    public void A_pipe_named_like_an_image_is_passed_over()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mkfifo is Unix's.");
        Add("a.png");
        using (var process = Process.Start("mkfifo", [_folder["pipe.png"]])) process.WaitForExit();
        Assert.True(File.Exists(_folder["pipe.png"]));
        Assert.Equal(["a.png"], Names());
    }

    [Fact]
    public void Links_to_folders_are_not_followed_and_links_to_images_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Add("a/1.png");
        Directory.CreateSymbolicLink(_folder["a/loop"], _folder.Path);
        File.CreateSymbolicLink(_folder["a/2.png"], _folder["a/1.png"]);
        File.CreateSymbolicLink(_folder["a/3.png"], _folder["nowhere.png"]);
        Directory.CreateSymbolicLink(_folder["a/4.png"], _folder.Path);
        File.CreateSymbolicLink(_folder["a/5.png"], _folder["a/6.png"]);
        File.CreateSymbolicLink(_folder["a/6.png"], _folder["a/5.png"]);
        File.CreateSymbolicLink(_folder["a/7.png"], _folder["a/7.png"]);
        Assert.Equal(["a/1.png", "a/2.png"], Names());
        Assert.Equal(16, new ImageFolder(_folder.Path).Read(1).Width);
    }

    private void Add(params string[] names)
    {
        foreach (var name in names) Made.File(_folder[name], Made.Png());
    }

    private IEnumerable<string> Names()
    {
        var data = new ImageFolder(_folder.Path);
        return Enumerable.Range(0, data.Count).Select(data.ItemName);
    }
}
