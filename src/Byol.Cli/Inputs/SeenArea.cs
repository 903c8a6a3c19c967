using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Training;

namespace Byol.Cli.Inputs;

/// <summary>How much of images an encoder sees: their center square or the whole of them.</summary>
/// <param name="Images">How many were looked at, evenly over the data.</param>
/// <param name="CenterSquare">The share of the area that lies in the center square, 0 to 1, in the mean.</param>
/// <param name="Longest">Long side over short side of the longest.</param>
internal sealed record SeenArea(int Images, double CenterSquare, double Longest)
{
    private const int Most = 32;

    /// <summary>Looks at some of the images, small; those that cannot be read are skipped.</summary>
    public static SeenArea Of(IDataset data)
    {
        var buffer = new ImageBuffer((_, _) => 8);
        var sides = Enumerable.Range(0, Math.Min(Most, data.Count)).Select(i => (int)((long)i * data.Count / Math.Min(Most, data.Count)))
            .Select(i => Sides(data, i, buffer)).OfType<(int Short, int Long)>().ToList();
        return sides.Count == 0 ? new SeenArea(0, 1, 1)
            : new SeenArea(sides.Count, sides.Average(s => (double)s.Short / s.Long), sides.Max(s => (double)s.Long / s.Short));
    }

    private static (int Short, int Long)? Sides(IDataset data, int index, ImageBuffer buffer)
    {
        try
        {
            var image = data.Read(index, buffer);
            return (Math.Min(image.SourceWidth, image.SourceHeight), Math.Max(image.SourceWidth, image.SourceHeight));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>In words; nothing if all images are squares, as there is nothing to choose.</summary>
    public override string ToString()
    {
        if (Longest == 1) return "";
        var fit = RecipeFile.Open(Subject.DefaultRecipe).Views.EvaluationFit;
        var ours = fit == EvaluationFit.Crop ? "that square alone" : $"all of each image ({fit.ToString().ToLowerInvariant()})";
        return string.Create(CultureInfo.InvariantCulture,
            $"shapes: of {Images} images the longest is 1 : {Longest:0.##}; the center square holds {100 * CenterSquare:F1} % of the area in the "
            + $"mean\n  an encoder of recipe {Subject.DefaultRecipe} sees {ours}; with views.evaluation_fit = \"crop\" it sees that square\n");
    }
}
