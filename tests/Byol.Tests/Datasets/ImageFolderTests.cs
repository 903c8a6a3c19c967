using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Tests.Images;

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
    public void Links_to_images_are_images()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Add("a/1.png");
        File.CreateSymbolicLink(_folder["a/2.png"], _folder["a/1.png"]);
        File.CreateSymbolicLink(_folder["a/3.png"], _folder["nowhere.png"]);
        Directory.CreateSymbolicLink(_folder["a/4.png"], _folder.Path);
        File.CreateSymbolicLink(_folder["a/5.png"], _folder["a/6.png"]);
        File.CreateSymbolicLink(_folder["a/6.png"], _folder["a/5.png"]);
        File.CreateSymbolicLink(_folder["a/7.png"], _folder["a/7.png"]);
        Assert.Equal(["a/1.png", "a/2.png"], Names());
        Assert.Equal(16, new ImageFolder(_folder.Path).Read(1).Width);
    }

    [Fact]
    public void One_image_beside_the_classes_takes_the_labels_away_and_that_is_said()
    {
        Add("dog/1.png", "cat/1.png", "contact_sheet.png");
        var remark = Assert.Single(new ImageFolder(_folder.Path).Notes.Remarks);
        Assert.StartsWith($"contact_sheet.png lies beside the folders of {_folder.Path}, so no image has a label;", remark);
        Add("b.png");
        Assert.StartsWith("b.png and 1 more images lie beside", Assert.Single(new ImageFolder(_folder.Path).Notes.Remarks));
    }

    [Theory]
    [InlineData("train/cat/1.png val/cat/1.png", true)]
    [InlineData("train/1.png test/1.png", true)]
    [InlineData("train/1.png cat/1.png", false)]
    [InlineData("cat/train/1.png dog/train/1.png", false)]
    public void Classes_that_look_like_splits_are_pointed_out(string files, bool isSaid)
    {
        Add(files.Split(' '));
        var remarks = new ImageFolder(_folder.Path).Notes.Remarks;
        if (isSaid) Assert.Contains($"{_folder.Path}:t", Assert.Single(remarks), StringComparison.Ordinal);
        else Assert.Empty(remarks);
    }

    [Fact]
    public void Two_spellings_of_a_class_in_Unicode_are_one_class()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other file systems choose a spelling themselves.");
        Add("Gru\u0308n/1.png", "Gr\u00fcn/2.png", "Rot/3.png");
        var data = new ImageFolder(_folder.Path);
        Assert.Equal(["Gr\u00fcn", "Rot"], data.Classes);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(16, data.Read(i).Width));
    }

    [Fact]
    public void Pages_of_a_TIFF_are_images_with_its_label()
    {
        Add("cat/a.png");
        Made.File(_folder["dog/b.tif"], PictureFiles.Tiff(Made.Image(8, 1), Made.Image(9, 2), Made.Image(10, 3)));
        var data = new ImageFolder(_folder.Path);
        Assert.Equal(["cat/a.png", "dog/b.tif#1", "dog/b.tif#2", "dog/b.tif#3"], Names());
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(0, 4).Select(i => data.Label(i)!.Value));
        Assert.Equal([16, 8, 9, 10], Enumerable.Range(0, 4).Select(i => data.Read(i).Width));
        Assert.Equal(Made.Image(10, 3).Pixels.ToArray(), data.Read(3).Pixels.ToArray());
    }

    [Fact]
    public void A_folder_without_images_says_what_it_holds_instead()
    {
        Made.File(_folder["a.heic"], [1]);
        Made.File(_folder["b.heic"], [1]);
        Assert.Contains("skipped: 2 .heic (HEIC,",
            Assert.Throws<DatasetException>(() => new ImageFolder(_folder.Path)).Message, StringComparison.Ordinal);
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
