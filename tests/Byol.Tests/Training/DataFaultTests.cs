using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Runs;
using Byol.Training;

namespace Byol.Tests.Training;

/// <summary>A folder as people have them: what cannot be read is named once, replaced, counted, and too much of it ends the run.</summary>
public sealed class DataFaultTests : IDisposable
{
    private static readonly Recipe Recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 2 } };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_bad_image_is_named_once_and_the_run_goes_on_the_same_after_an_interruption()
    {
        var images = Made.Images(_folder["images"], 400);
        byte[][] bad = [[7], Made.Png()[..40], Made.Text("GIF, not PNG"), Huge()];
        for (var i = 0; i < bad.Length; i++) Made.File(Path.Combine(images, $"{100 * i:D4}.png"), bad[i]);
        Made.File(Path.Combine(images, "empty.png"), []);
        if (!OperatingSystem.IsWindows())
        {
            using var pipe = Process.Start("mkfifo", [Path.Combine(images, "pipe.png")]);
            pipe.WaitForExit();
            File.CreateSymbolicLink(Path.Combine(images, "loop.png"), Path.Combine(images, "loop.png"));
        }
        var data = new ImageFolder(images);
        Assert.Equal(400, data.Count);

        using var straight = new TinyRun();
        Assert.True(straight.Train(Recipe, data).Finished);

        var noted = RunLog.Read<UnreadableRecord>(straight.Metrics);
        Assert.Equal(["0000.png", "0100.png", "0200.png", "0300.png"], noted.Select(n => n.Unreadable).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3, 4], noted.Select(n => n.Count));
        Assert.Equal(noted.Select(n => $"{n.Unreadable} could not be read; another image takes its place ({n.Count} so far, up to 1 %)."),
            straight.Warnings);

        using var interrupted = new TinyRun { InterruptAfter = noted[1].Step };
        interrupted.Train(Recipe, data);
        using var resumed = interrupted.Reopened();
        resumed.Train(Recipe, data, resume: true);
        Assert.Equal(straight.Log, resumed.Log);
        Assert.Equal(straight.State, resumed.State);
        Assert.Equal(noted.Count - interrupted.Warnings.Count, resumed.Warnings.Count);
    }

    [Fact]
    public void More_than_one_in_a_hundred_ends_the_run_with_a_checkpoint_and_repaired_images_let_it_go_on()
    {
        var images = Made.Images(_folder["images"], 64);
        using var run = new TinyRun();
        Made.File(Path.Combine(images, "0007.png"), [1]);
        Made.File(Path.Combine(images, "0050.png"), [1]);
        var e = Assert.Throws<InvalidDataException>(() => run.Train(Recipe, new ImageFolder(images)));
        Assert.StartsWith("More than 1 % of ", e.Message, StringComparison.Ordinal);
        Made.Images(images, 64);
        using var resumed = run.Reopened();
        Assert.Contains("some of their files have other lengths",
            Assert.Throws<RunDirectoryException>(() => resumed.Train(Recipe, new ImageFolder(images), resume: true)).Message);
        resumed.AcceptsOtherData = true;
        Assert.True(resumed.Train(Recipe, new ImageFolder(images), resume: true).Finished);
    }

    // A header that promises 900 megapixels, and nothing behind it.
    private static byte[] Huge()
    {
        var png = Made.Png();
        (png[18], png[19], png[22], png[23]) = (0x75, 0x30, 0x75, 0x30);
        var crc = System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), crc);
        return png;
    }
}
