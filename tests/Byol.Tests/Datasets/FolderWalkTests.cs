using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Datasets;

/// <summary>What of a folder is read, what is skipped, and that the latter is counted by reason.</summary>
public sealed class FolderWalkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.ppm", ".ppm (not read; convert them to PNG or JPEG)")]
    [InlineData("x.HEIC", ".heic (HEIC, not read; convert them to PNG or JPEG)")]
    [InlineData("x.avif", ".avif (AVIF, not read; convert them to PNG or JPEG)")]
    [InlineData("x.jxl", ".jxl (JPEG XL, not read; convert them to PNG or JPEG)")]
    [InlineData("x.xml", ".xml (no images)")]
    [InlineData("README", "other files (no images)")]
    [InlineData("a/backup.zip", ".zip beside the images (name them as data to read them)")]
    [InlineData(".x.png", "hidden")]
    [InlineData("._x.png", "hidden")]
    [InlineData("@eaDir/x.png", "folders of thumbnails or trash")]
    [InlineData("a/@eaDir/x/SYNOPHOTO_THUMB_M.jpg", "folders of thumbnails or trash")]
    [InlineData("$RECYCLE.BIN/x.png", "folders of thumbnails or trash")]
    [InlineData(".thumbnails/x.png", "hidden")]
    public void What_is_no_image_is_counted(string name, string reason)
    {
        Made.File(_folder["a.png"], Made.Png());
        Made.File(_folder[name], Made.Png());
        Passes(reason);
        Assert.Equal(["a.png"], Names());
    }

    [Theory]
    [InlineData("a.jfif")]
    [InlineData("a.jpe")]
    [InlineData("A.JFIF")]
    [InlineData("a.tif")]
    [InlineData("a.TIFF")]
    public void Further_endings_of_images_are_read(string name)
    {
        Made.File(_folder[name], Made.Png());
        Assert.Equal([name], Names());
        Passes();
    }

    [Fact]
    public void Empty_files_and_links_to_nothing_are_counted()
    {
        Made.File(_folder["a.png"], Made.Png());
        Made.File(_folder["b.png"], []);
        Made.File(_folder["c/d.jpg"], []);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        File.CreateSymbolicLink(_folder["e.png"], _folder["nowhere.png"]);
        var passed = Walk().PassedOver;
        Assert.Equal([("empty", 2), ("links that lead nowhere", 1)], passed.Select(p => (p.Reason, p.Count)));
        Assert.Equal("b.png", passed[0].Example);
    }

    [Fact]
    public void Names_that_are_not_UTF8_are_counted_files_and_folders()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Such names are Unix's.");
        Made.File(_folder["a.png"], Made.Png());
        // ü of Latin-1.
        Shell($"cp a.png \"$(printf 'Gr\\374n.png')\"; mkdir \"$(printf '\\374ber')\"; cp a.png \"$(printf '\\374ber')/b.png\"");
        Assert.Equal(["a.png"], Names());
        var passed = Assert.Single(Walk().PassedOver);
        Assert.Equal(2, passed.Count);      // of the folder nothing but itself is known
        Assert.Equal("with names that are not UTF-8, which convmv can mend: Gr\uFFFDn.png, \uFFFDber/", passed.Reason);
        Shell("rm -r [!a]*");      // .NET cannot
    }

    [Fact]
    public void A_folder_that_may_not_be_opened_is_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName != "root", "Nothing is closed to root.");
        Made.File(_folder["a.png"], Made.Png());
        Made.File(_folder["closed/b.png"], Made.Png());
        Allow(UnixFileMode.None);
        try
        {
            Passes("folders that may not be opened (check their rights)");
        }
        finally
        {
            Allow(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        void Allow(UnixFileMode mode)
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["closed"], mode);
        }
    }

    [Fact]
    public void Linked_folders_are_read_and_circles_are_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Made.File(_folder["elsewhere/cat/1.png"], Made.Png());
        Made.File(_folder["data/dog/2.png"], Made.Png());
        Directory.CreateSymbolicLink(_folder["data/cat"], _folder["elsewhere/cat"]);
        Directory.CreateSymbolicLink(_folder["data/dog/up"], "..");
        Directory.CreateSymbolicLink(_folder["elsewhere/cat/back"], _folder["data"]);
        Directory.CreateSymbolicLink(_folder["data/dog/self"], _folder["data/dog/self"]);
        var data = new ImageFolder(_folder["data"]);
        Assert.Equal(["cat/1.png", "dog/2.png"], Enumerable.Range(0, data.Count).Select(data.ItemName));
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal(16, data.Read(0).Width);
        Assert.Equal(2, data.Notes.PassedOver.Single(p => p.Reason == "links to a folder that they lie in").Count);
    }

    [Fact]
    public void A_link_to_the_root_of_everything_is_a_circle()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Made.File(_folder["a.png"], Made.Png());
        Directory.CreateSymbolicLink(_folder["all"], "/");
        Passes("links to a folder that they lie in");
    }

    [Fact]
    public void The_same_folder_linked_twice_is_read_twice_and_a_linked_root_is_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Made.File(_folder["photos/1.png"], Made.Png());
        Directory.CreateSymbolicLink(_folder["one"], _folder["photos"]);
        Assert.Equal(["one/1.png", "photos/1.png"], Names());
        Assert.Equal("1.png", new ImageFolder(_folder["one"]).ItemName(0));
    }

    [Theory]
    [InlineData("run.lock")]
    [InlineData("metrics.jsonl")]
    [InlineData("encoder.safetensors")]
    public void A_run_is_no_data(string file)
    {
        Made.File(_folder["a.png"], Made.Png());
        Made.File(_folder["runs/mine/views.png"], Made.Png());
        Made.File(_folder["runs/mine/recipe.toml"], [1]);
        Assert.Equal(2, Names().Count);     // recipes of something else
        Made.File(_folder[$"runs/mine/{file}"], [1]);
        Assert.Equal(["a.png"], Names());
        Passes("folders of runs");
        Assert.Contains("is the folder of a run",
            Assert.Throws<DatasetException>(() => new ImageFolder(_folder["runs/mine"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_of_views_is_no_image()
    {
        var data = new ImageFolder(Made.Images(_folder["photos"], 3, "cat", "dog"));
        var sheet = ViewSheet.Draw(data, new ViewOptions { ImageSize = 16 }, 1, [0, 1], 0, 32);
        Made.File(_folder["photos/sheet.png"], sheet.Png.ToArray());
        var again = new ImageFolder(_folder["photos"]);
        Assert.Equal(Enumerable.Range(0, 3).Select(data.ItemName), Enumerable.Range(0, again.Count).Select(again.ItemName));
        Assert.Equal(["cat", "dog"], again.Classes);
        Assert.Equal(("pictures made by Byol", 1), again.Notes.PassedOver.Select(p => (p.Reason, p.Count)).Single());
        Assert.InRange(ImageDecoder.Decode(sheet.Png, "a picture for all that").Width, 96, 400);
    }

    [Theory]
    [InlineData("photos/cat/sheet.png", 3)]
    [InlineData("photos/deep/er/views.png", 3)]
    [InlineData("photos/cat/views.png", 10_005)]      // of so many only those of the usual names are looked at
    public void Nor_in_a_folder_within(string name, int images)
    {
        var data = new ImageFolder(Made.Images(_folder["photos"], 3, "cat", "dog"));
        var sheet = ViewSheet.Draw(data, new ViewOptions { ImageSize = 16 }, 1, [0, 1], 0, 32);
        var png = Made.Png();
        for (var i = 3; i < images; i++) Made.File(_folder[$"photos/dog/more{i:D5}.png"], png);
        Made.File(_folder[name], sheet.Png.ToArray());
        var again = new ImageFolder(_folder["photos"]);
        Assert.Equal(images, again.Count);
        Assert.Equal(("pictures made by Byol", 1), again.Notes.PassedOver.Select(p => (p.Reason, p.Count)).Single());
    }

    [Theory]
    [InlineData(1, "1 skipped (1.ppm): 1 .ppm (not read; convert it to PNG or JPEG).")]
    [InlineData(2, "2 skipped (1.ppm, ...): 2 .ppm (not read; convert them to PNG or JPEG).")]
    public void What_is_passed_over_is_told_in_the_number_that_it_has(int count, string line)
    {
        Made.File(_folder["a.png"], Made.Png());
        for (var i = 1; i <= count; i++) Made.File(_folder[$"{i}.ppm"], [1]);
        Assert.Equal(line, Assert.Single(new ImageFolder(_folder.Path).Notes.Lines()));
    }

    [Theory]
    [InlineData("links that lead nowhere", "link that leads nowhere")]
    [InlineData("links to a folder that they lie in", "link to a folder that it lies in")]
    [InlineData("folders of runs", "folder of a run")]
    [InlineData("folders of thumbnails or trash", "folder of thumbnails or trash")]
    [InlineData("folders that may not be opened (check their rights)", "folder that may not be opened (check its rights)")]
    [InlineData("links in an archive (pack the files themselves)", "link in an archive (pack the file itself)")]
    [InlineData("other files (no images)", "other file (no image)")]
    [InlineData("with names that are not UTF-8, which convmv can mend: folders/x", "with a name that is not UTF-8, which convmv can mend: folders/x")]
    [InlineData("empty", "empty")]
    public void One_is_one(string several, string one) => Assert.Equal(
        $"1 {one}", new DatasetNotes([new PassedOver(several, 1, "x")], []).Reasons());

    [Fact]
    public void A_picture_that_a_program_wrote_with_our_encoder_is_an_image()
    {
        Made.File(_folder["a.png"], ImageEncoder.Png(Made.Image(16, 1)));
        Passes();
        Assert.Equal(["a.png"], Names());
    }

    [Fact]
    public void The_order_is_that_of_the_paths_whatever_the_file_system_says()
    {
        string[] names = ["b.png", "a/z.png", "a/b/c.png", "B.png", "a.png", "a-b/x.png", "é.png", "z/1.jpg", "z/10.jpg", "z/2.jpg"];
        foreach (var name in names) Made.File(_folder[name], Made.Png());
        Assert.Equal(names.Order(StringComparer.Ordinal), Names());
    }

    private void Passes(params string[] reasons) => Assert.Equal(reasons, Walk().PassedOver.Select(p => p.Reason));

    private FolderWalk Walk() => new(_folder.Path);

    private List<string> Names() => [.. Walk().Images.Select(i => i.Name)];

    private void Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _folder.Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
