using System.Collections.Concurrent;
using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Data.Images;
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
        // Read once and found good, then broken.
        var e = Assert.Throws<InvalidDataException>(() => run.Train(Recipe, new Decaying(new ImageFolder(images), "0007.png", "0050.png")));
        Assert.StartsWith("At least 2 of 64 images of ", e.Message, StringComparison.Ordinal);
        Assert.Matches("0007.png, 0050.png \\(00(07|50).png is gone\\); repair or remove them, or leave them out once and for all", e.Message);
        using var resumed = run.Reopened();
        Assert.True(resumed.Train(Recipe, new Decaying(new ImageFolder(images)), resume: true).Finished);
    }

    [Fact]
    public void More_than_one_in_a_hundred_that_is_broken_from_the_start_begins_no_run()
    {
        var images = Made.Images(_folder["images"], 64);
        Made.File(Path.Combine(images, "0007.png"), [1]);
        Made.File(Path.Combine(images, "0050.png"), [1]);
        var e = Assert.Throws<InvalidDataException>(() => PretrainingRun.Start(_folder["run"], Recipe, new ImageFolder(images)));
        Assert.StartsWith("2 of 64 images of ", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    // Some of its images can be read once.
    private sealed class Decaying(IDataset data, params string[] names) : IDataset
    {
        private readonly ConcurrentDictionary<int, bool> _read = new();

        public string Name => data.Name;

        public int Count => data.Count;

        public IReadOnlyList<string> Classes => data.Classes;

        public int? Label(int index) => data.Label(index);

        public string ItemName(int index) => data.ItemName(index);

        public Image8 Read(int index, ImageBuffer buffer) => !names.Contains(ItemName(index)) || _read.TryAdd(index, true)
            ? data.Read(index, buffer) : throw new InvalidDataException($"{ItemName(index)} is gone");
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
