using Byol.Data.Datasets;
using Byol.Tests.Images;

namespace Byol.Tests.Datasets;

/// <summary>Lists of files, and images by a pattern.</summary>
public sealed class ImageListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetCatalog _catalog;

    public ImageListTests()
    {
        _catalog = new DatasetCatalog([], _folder["cache"], _folder["bundled"]);
        for (var i = 0; i < 3; i++) Made.File(_folder[$"img/{i}.png"], Made.Png(16, i));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("img/2.png\nimg/0.png\n", "img/2.png img/0.png")]
    [InlineData("# those that matter\r\n\r\n  img/1.png  \r\nimg\\2.png\r\n", "img/1.png img/2.png")]
    [InlineData("img/1.png\nimg/1.png", "img/1.png img/1.png")]
    public void A_text_has_a_path_a_line_relative_to_itself(string text, string names)
    {
        var data = Open("list.txt", text);
        Assert.Equal(names.Split(' '), Names(data));
        Assert.Empty(data.Classes);
        Assert.Equal(Made.Image(16, names[4] - '0').Pixels.ToArray(), data.Read(0).Pixels.ToArray());
    }

    [Theory]
    [InlineData("path,label\nimg/0.png,dog\nimg/1.png,cat\nimg/2.png,dog\n")]
    [InlineData("id,Class,FileName\n7,dog,img/0.png\n8,cat,img/1.png\n9,dog,img/2.png\n")]
    [InlineData("img/0.png,dog\nimg/1.png,cat\nimg/2.png,dog")]
    [InlineData("\"path\",\"label\"\n\"img/0.png\",\"dog\"\n\"img/1.png\",\"cat\"\n\"img/2.png\",\"dog\"")]
    public void A_table_has_labels_by_name(string text)
    {
        var data = Open("list.csv", text);
        Assert.Equal(["img/0.png", "img/1.png", "img/2.png"], Names(data));
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal([1, 0, 1], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
    }

    [Fact]
    public void A_label_that_is_missing_leaves_all_without_and_that_is_said()
    {
        var data = Open("list.csv", "path,label\nimg/0.png,dog\nimg/1.png,\n");
        Assert.Empty(data.Classes);
        Assert.StartsWith("img/1.png has no label", Assert.Single(DatasetNotes.Of(data).Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Quotes_hold_commas_and_quotes()
    {
        Made.File(_folder["a, \"b\".png"], Made.Png());
        Assert.Equal(["a, \"b\".png"], Names(Open("list.csv", "path\n\"a, \"\"b\"\".png\"\n")));
    }

    [Theory]
    [InlineData("list.txt", "", "lists no image")]
    [InlineData("list.txt", "# nothing\n", "lists no image")]
    [InlineData("list.txt", "img/0.png\nimg/7.png\n", "lists img/7.png")]
    [InlineData("list.csv", "", "lists no image")]
    [InlineData("list.csv", "x,y,z\n1,2,3\n", "columns x, y, z")]
    public void What_is_wrong_is_said(string name, string text, string message) =>
        Assert.Contains(message, Assert.Throws<DatasetException>(() => Open(name, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Pages_have_the_label_of_their_file()
    {
        Made.File(_folder["img/p.tif"], PictureFiles.Tiff(Made.Image(8, 1), Made.Image(9, 2)));
        var data = Open("list.csv", "path,label\nimg/p.tif,b\nimg/0.png,a\n");
        Assert.Equal([("img/p.tif#1", 1), ("img/p.tif#2", 1), ("img/0.png", 0)],
            Enumerable.Range(0, 3).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
    }

    [Fact]
    public void A_pattern_of_images_and_one_image_are_data()
    {
        Assert.Equal([_folder["img/0.png"], _folder["img/1.png"], _folder["img/2.png"]], Names(_catalog.Open(_folder["img/*.png"])));
        Assert.Equal([_folder["img/1.png"]], Names(_catalog.Open(_folder["img/1.png"])));
        Made.File(_folder["img/x.tar"], Made.Tar(("a.png", Made.Png())));
        Assert.Contains("stands for tars or for images",
            Assert.Throws<DatasetException>(() => _catalog.Open(_folder["img/*"])).Message, StringComparison.Ordinal);
    }

    private IDataset Open(string name, string text) => _catalog.Open(Made.File(_folder[name], Made.Text(text)));

    private static IEnumerable<string> Names(IDataset data) => Enumerable.Range(0, data.Count).Select(data.ItemName);
}
