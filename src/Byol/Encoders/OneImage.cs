using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Encoders;

/// <summary>Embeds single images.</summary>
public static class OneImage
{
    /// <summary>Embeds the image of a file, prepared as the encoder needs it.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="file">An image file.</param>
    /// <returns>D floats, not normalized.</returns>
    /// <exception cref="InvalidDataException">It is not an image that can be read.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">The embedding is not finite.</exception>
    public static float[] Embed(this IImageEncoder encoder, string file) => encoder.Embed(File.ReadAllBytes(file), file);

    /// <summary>Embeds the image of a whole image file in memory.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="name">The name in messages.</param>
    /// <returns>D floats, not normalized.</returns>
    /// <exception cref="InvalidDataException">The bytes are not an image that can be read.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">The embedding is not finite.</exception>
    public static float[] Embed(this IImageEncoder encoder, ReadOnlyMemory<byte> file, string name)
    {
        var (views, parts) = (encoder.Preprocessing.ToViews(), encoder.Preprocessing.Tiles);
        var draw = ViewSequence.Center(1, views, 1, parts).Draw;
        var buffer = new ImageBuffer((width, height) =>
            Enumerable.Range(0, parts).Min(part => draw(0, 0, part, width, height).Reduction(views.ImageSize)));
        var image = ImageDecoder.Decode(file, name, buffer, encoder.Preprocessing.Images);
        var length = views.ImageSize * views.ImageSize * Image8.Channels;
        var (pixels, rows, renderer) = (new float[parts * length], new float[parts * encoder.Dimension], new ViewRenderer(views));
        for (var part = 0; part < parts; part++)
            renderer.RenderColors(image, draw(0, 0, part, image.SourceWidth, image.SourceHeight), pixels.AsSpan(part * length, length));
        EncoderPass.Encode(encoder, pixels, parts, rows, _ => name);
        return EncoderPass.Pool(rows, parts, encoder.Dimension, encoder.Preprocessing.TilePooling).ToArray();
    }
}
