using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Data.Datasets;
using Byol.Evaluation;

namespace Byol.Cli.Evaluations;

/// <summary>Labeled images that are both learned from and classified, in folds.</summary>
/// <param name="Images">The images.</param>
/// <param name="Tasks">One a fold.</param>
/// <param name="Groups">Groups of near-duplicates, images that are alone among them.</param>
internal sealed record FoldedImages(IDataset Images, IReadOnlyList<EvaluationTask> Tasks, int Groups)
{
    /// <summary>Draws the folds; near-duplicates are counted on standard error.</summary>
    public static FoldedImages Of(IDataset images, int folds, ulong seed)
    {
        var groups = NearDuplicates.Groups(images);
        var tasks = EvaluationTask.Folds(images, groups, folds, seed);
        var found = groups.Distinct().Count();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{images.Count:N0} images of {images.Name} in {folds} folds; {images.Count - found:N0} of them are near-duplicates of another "
            + $"and in its fold."));
        return new FoldedImages(images, tasks, found);
    }

    /// <summary>What was done, in a line.</summary>
    public string Heading(ChosenProtocol chosen) => string.Create(CultureInfo.InvariantCulture,
        $"{chosen.Protocol.Title}: {Images.Count:N0} images of {Images.Name}, each classified by what is learned from the other "
        + $"{Tasks.Count - 1} of {Tasks.Count} folds");
}
