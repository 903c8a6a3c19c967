using System.Globalization;
using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Data.Views;

namespace Byol.Encoders;

/// <summary>How an image must be prepared for an encoder.</summary>
public sealed class Preprocessing
{
    internal const int LargestSize = 4096;

    internal Preprocessing(int imageSize, double centerCrop, IReadOnlyList<double> mean, IReadOnlyList<double> standardDeviation) =>
        (ImageSize, CenterCrop, Mean, StandardDeviation) = (imageSize, centerCrop, mean, standardDeviation);

    /// <summary>S, the side of the input in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Fraction of the short side that the center crop keeps before it is resized; used if <see cref="Fit"/> is <see
    /// cref="EvaluationFit.Crop"/>.</summary>
    public double CenterCrop { get; }

    /// <summary>Per channel, of pixels in [0,1].</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Per channel, of pixels in [0,1].</summary>
    public IReadOnlyList<double> StandardDeviation { get; }

    /// <summary>How an image of any shape becomes a square. Files of earlier versions do not contain it; their images are
    /// cropped.</summary>
    public EvaluationFit Fit { get; internal init; } = EvaluationFit.Crop;

    /// <summary>Tiles that an image is cut into, each of which the encoder sees; 1 for the image as <see cref="Fit"/> describes. The caller
    /// chooses it (<see cref="Byol.Encoders.Tiles.InTiles"/>), not the encoder.</summary>
    public int Tiles { get; internal init; } = 1;

    /// <summary>How the embeddings of tiles become one.</summary>
    public TilePooling TilePooling { get; internal init; }

    /// <summary>How images are resized. Files do not contain it; an encoder from a file uses bicubic.</summary>
    public Interpolation Interpolation { get; internal init; } = Interpolation.Bicubic;

    /// <summary>How files become pixels.</summary>
    public ImageOptions Images { get; internal init; } = new();

    /// <summary>The usual preprocessing of ImageNet encoders.</summary>
    /// <param name="imageSize">S: 224, or less for small images, which are then not cropped.</param>
    internal static Preprocessing OfImageNet(int imageSize) =>
        new(imageSize, imageSize >= 224 ? 0.875 : 1, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>The preprocessing of an encoder that was trained on views.</summary>
    /// <param name="views">The views.</param>
    /// <param name="images">How files become pixels; null for the defaults.</param>
    public static Preprocessing Of(ViewOptions views, ImageOptions? images = null) =>
        new(views.EvaluationSizeInUse, views.EvaluationCrop, views.Mean.ToArray(), views.StandardDeviation.ToArray())
        {
            Fit = views.EvaluationFit,
            Interpolation = views.Interpolation,
            Images = images ?? new(),
        };

    /// <summary>Views of evaluation that are prepared so.</summary>
    public ViewOptions ToViews() => new()
    {
        ImageSize = ImageSize,
        EvaluationFit = Fit,
        EvaluationCrop = Fit == EvaluationFit.Crop ? CenterCrop : 1,
        Interpolation = Interpolation,
        Mean = new Channels(Mean[0], Mean[1], Mean[2]),
        StandardDeviation = new Channels(StandardDeviation[0], StandardDeviation[1], StandardDeviation[2]),
    };

    /// <summary>The same with some of it changed.</summary>
    internal Preprocessing With(
        int? imageSize = null, double? centerCrop = null, IReadOnlyList<double>? mean = null, IReadOnlyList<double>? standardDeviation = null,
        EvaluationFit? fit = null, int? tiles = null, TilePooling? tilePooling = null, ImageOptions? images = null) =>
        new(imageSize ?? ImageSize, centerCrop ?? CenterCrop, mean ?? Mean, standardDeviation ?? StandardDeviation)
        {
            Fit = fit ?? Fit, Tiles = tiles ?? Tiles, TilePooling = tilePooling ?? TilePooling, Interpolation = Interpolation,
            Images = images ?? Images,
        };

    /// <summary>In words: size, fit, mean and standard deviation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{ImageSize} px, {FitInWords}, mean {Words(Mean)}, std {Words(StandardDeviation)}{ImagesInWords}");

    private string ImagesInWords =>
        Images == new ImageOptions() ? "" : string.Create(CultureInfo.InvariantCulture, $", over {Images.Background}, {Images.Depth} bits");

    private string FitInWords => Fit switch
    {
        _ when Tiles > 1 => string.Create(CultureInfo.InvariantCulture, $"{Tiles} tiles by {TilePooling.ToString().ToLowerInvariant()}"),
        EvaluationFit.Squash => "whole images squashed",
        EvaluationFit.Pad => "whole images padded",
        _ => string.Create(CultureInfo.InvariantCulture, $"center crop {CenterCrop}"),
    };

    private static string Words(IEnumerable<double> channels) =>
        string.Join(' ', channels.Select(c => c.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Throws if memory does not hold a batch and its embeddings.</summary>
    /// <param name="pixels">Floats of the images.</param>
    /// <param name="count">n, images in the batch.</param>
    /// <param name="room">Floats of the embeddings.</param>
    /// <param name="dimension">D.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Require(int pixels, int count, int room, int dimension)
    {
        if (count < 1 || pixels < (long)count * ImageSize * ImageSize * 3 || room < (long)count * dimension)
        {
            throw new ArgumentException(
                $"{count} images of {ImageSize} px into {dimension} dimensions do not fit {pixels} floats in and {room} out; "
                + "give [n,S,S,3] and [n,D] with n of 1 or more.");
        }
    }
}
