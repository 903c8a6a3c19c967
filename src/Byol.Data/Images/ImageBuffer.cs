using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Byol.Data.Images;

/// <summary>Memory into which one thread reads one image after another, and how much smaller they may be decoded. It grows to the
/// largest image and is reused: after that, reading allocates no array.</summary>
/// <remarks>
/// An <see cref="Image8"/> that was read into a buffer is valid until the next read into it; <see cref="Keep"/> makes it last.
/// For one thread.
/// </remarks>
/// <param name="reduction">For an image of this width and height (as stored, upright), how many times smaller it may be decoded in each
/// direction: 1, 2, 4 or 8. Null for always 1. It should be a pure function, because caches may call it again.</param>
public sealed class ImageBuffer(Func<int, int, int>? reduction = null)
{
    private const int LargestKept = 64 << 20;   // 16 megapixels: one photograph of a hundred does not stay with every thread
    private byte[] _file = [], _codec = [], _pixels = [];

    /// <summary>The largest reduction, 8, 4, 2 or 1, that leaves a side with at least a given length.</summary>
    /// <param name="side">The side, in pixels.</param>
    /// <param name="least">The length, in pixels.</param>
    internal static int MostReduction(int side, int least)
    {
        var times = 8;
        while (times > 1 && side < (long)times * least) times /= 2;
        return times;
    }

    /// <summary>How many times smaller an image may be decoded in each direction: 1, 2, 4 or 8.</summary>
    /// <param name="sourceWidth">Width of the whole image, upright.</param>
    /// <param name="sourceHeight">Height of the whole image, upright.</param>
    /// <exception cref="InvalidOperationException">The choice is another number.</exception>
    internal int Reduction(int sourceWidth, int sourceHeight)
    {
        var times = reduction?.Invoke(sourceWidth, sourceHeight) ?? 1;
        return times is 1 or 2 or 4 or 8
            ? times
            : throw new InvalidOperationException($"An image cannot come {times} times smaller; choose 1, 2, 4 or 8.");
    }

    /// <summary>Reads a part of a file. Valid until the next read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="name">The name in messages.</param>
    /// <returns>The bytes, all of them.</returns>
    /// <exception cref="InvalidDataException">The file ends before, or cannot be read.</exception>
    internal ReadOnlyMemory<byte> ReadFile(SafeFileHandle file, long offset, int length, string name)
    {
        var bytes = Grown(ref _file, length);
        var done = 0;
        try
        {
            while (done < length && RandomAccess.Read(file, bytes.Span[done..], offset + done) is > 0 and var read) done += read;
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{name} cannot be read ({e.Message.TrimEnd('.')}); check the disk.", e);
        }
        return done == length
            ? bytes
            : throw new InvalidDataException($"{name} cannot be read whole: the file ends after {done} of {length} bytes.");
    }

    /// <summary>Reads a stream of known length. Valid until the next read.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="name">The name in messages.</param>
    /// <returns>The bytes, all of them.</returns>
    /// <exception cref="InvalidDataException">It ends before.</exception>
    internal ReadOnlyMemory<byte> ReadStream(Stream stream, int length, string name)
    {
        var bytes = Grown(ref _file, length);
        var done = stream.ReadAtLeast(bytes.Span, length, throwOnEndOfStream: false);
        return done == length ? bytes : throw new InvalidDataException($"{name} ends after {done} of {length} bytes.");
    }

    /// <summary>Memory for an image's pixels, with undefined contents.</summary>
    /// <param name="length">Height × width × 3.</param>
    public Memory<byte> Pixels(int length) => Grown(ref _pixels, length);

    /// <summary>Memory for the codec's four bytes a pixel.</summary>
    internal Span<byte> Codec(int length) => CodecMemory(length).Span;

    /// <inheritdoc cref="Codec"/>
    internal Memory<byte> CodecMemory(int length) => Grown(ref _codec, length);

    /// <summary>Releases the memory for the codec's pixels.</summary>
    internal void DropCodec() => _codec = [];

    /// <summary>Gives it back where only an image of an uncommon size needed so much.</summary>
    internal void DropLargeCodec()
    {
        if (_codec.Length > LargestKept) DropCodec();
    }

    /// <summary>The same image, safe from later reads: a copy where its pixels lie in this buffer.</summary>
    /// <param name="image">An image that was read into this buffer or lies elsewhere.</param>
    internal Image8 Keep(Image8 image) => MemoryMarshal.TryGetArray(image.Pixels, out var segment) && ReferenceEquals(segment.Array, _pixels)
        ? image with { Pixels = image.Pixels.ToArray() }
        : image;

    private static Memory<byte> Grown(ref byte[] array, int length)
    {
        if (array.Length < length) array = GC.AllocateUninitializedArray<byte>(length);
        return array.AsMemory(0, length);
    }
}
