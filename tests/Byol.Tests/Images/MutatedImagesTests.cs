using System.Buffers.Binary;
using System.Diagnostics;
using Byol.Data.Images;

namespace Byol.Tests.Images;

/// <summary>Thousands of damaged files through the decoder. Alone, because it looks at the memory of the process.</summary>
[CollectionDefinition(nameof(MutatedImagesTests), DisableParallelization = true)]
[Collection(nameof(MutatedImagesTests))]
public sealed class MutatedImagesTests
{
    private const int Count = 5_000;
    private const long PixelLimit = 100_000, MostGrowth = 64L << 20;

    private static readonly byte[][] Files = PictureFiles.OfEveryFormat(Pictures.Textured(48, 40));

    [Fact]
    public void The_files_are_whole_before_they_are_damaged() => Assert.All(Files, file =>
    {
        var image = ImageDecoder.Decode(file, "whole");
        Assert.Equal((48, 40), (image.Width, image.Height));
    });

    [Fact]
    public void Each_gives_pixels_or_a_refusal_that_names_it_and_memory_does_not_grow()
    {
        var buffer = new ImageBuffer((_, _) => 2);
        for (var i = 0; i < 500; i++) Decode(i, buffer);
        var before = Memory();
        var decoded = Enumerable.Range(0, Count).Count(i => Decode(i, buffer) is not null);
        Assert.InRange(decoded, Count / 20, Count - Count / 20);   // both kinds are there
        Assert.InRange(Memory() - before, long.MinValue, MostGrowth);
    }

    [Fact]
    public void No_pixel_of_an_image_before_shows_through()
    {
        var buffer = new ImageBuffer();
        for (var i = 0; i < 1_000; i++)
        {
            var (fresh, used) = (Decode(i, new ImageBuffer()), Decode(i, buffer));
            Assert.True(fresh is null == used is null, $"mutated {i}");
            if (fresh is not null) Assert.True(fresh.Value.Pixels.Span.SequenceEqual(used!.Value.Pixels.Span), $"mutated {i}");
        }
    }

    [Fact]
    public void A_header_that_promises_too_much_leaves_no_memory_behind()
    {
        var file = Files[3].ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 9_000);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 9_000);
        var buffer = new ImageBuffer();
        var before = Memory();
        Assert.Contains("cannot be decoded", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file, "a.bmp", buffer)).Message);
        Assert.InRange(Memory() - before, long.MinValue, MostGrowth);
        Assert.Equal(48, ImageDecoder.Decode(Files[3], "a.bmp", buffer).Width);
    }

    // The image, or null where it is refused as it should be.
    private static Image8? Decode(int number, ImageBuffer buffer)
    {
        try
        {
            var image = ImageDecoder.Decode(Mutated(number), $"mutated {number}", buffer, PixelLimit);
            Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            return image;
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith($"mutated {number} ", e.Message);
            return null;
        }
    }

    private static byte[] Mutated(int number)
    {
        var random = new Random(number);
        var file = Files[number % Files.Length].ToArray();
        switch (number / Files.Length % 4)
        {
            case 0: return file[..random.Next(file.Length)];
            case 1:
                for (var flips = random.Next(1, 9); flips > 0; flips--) file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                return file;
            case 2:
                var start = random.Next(file.Length);
                random.NextBytes(file.AsSpan(start, Math.Min(random.Next(1, 65), file.Length - start)));
                return file;
            default:
                random.NextBytes(file.AsSpan(random.Next(64)));   // the first bytes say what follows; nothing of it holds
                return file;
        }
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);   // to the system, not kept for later
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
