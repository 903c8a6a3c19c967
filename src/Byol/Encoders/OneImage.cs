using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Encoders;

/// <summary>Encoders on one image.</summary>
public static class OneImage
{
    /// <summary>Embeds the image of a file: prepared as the encoder wants it.</summary>
    /// <param name="encoder">What embeds.</param>
    /// <param name="file">An image file.</param>
    /// <returns>D floats, not normalized.</returns>
    /// <exception cref="InvalidDataException">It is not an image that can be read.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">The embedding is not finite.</exception>
    public static float[] Embed(this IImageEncoder encoder, string file) => encoder.Embed(File.ReadAllBytes(file), file);

    /// <summary>Embeds the image of a whole image file in memory.</summary>
    /// <param name="encoder">What embeds.</param>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>D floats, not normalized.</returns>
    /// <exception cref="InvalidDataException">The bytes are not an image that can be read.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">The embedding is not finite.</exception>
    public static float[] Embed(this IImageEncoder encoder, ReadOnlyMemory<byte> file, string name)
    {
        var views = encoder.Preprocessing.ToViews();
        var buffer = new ImageBuffer((width, height) => ViewSampler.Center(views, width, height).Reduction(views.ImageSize));
        var image = ImageDecoder.Decode(file, name, buffer);
        var (view, row) = (new float[views.ImageSize * views.ImageSize * Image8.Channels], new float[encoder.Dimension]);
        new ViewRenderer(views).RenderColors(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), view);
        EncoderPass.Encode(encoder, view, 1, row, _ => name);
        return row;
    }
}
