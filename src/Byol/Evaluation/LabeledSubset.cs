using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Evaluation;

/// <summary>Some of the training images of a task, with the task's classes.</summary>
internal sealed class LabeledSubset(EvaluationTask task, IReadOnlyList<int> indices) : IDataset
{
    public string Name => task.Train.Name;

    public int Count => indices.Count;

    public IReadOnlyList<string> Classes => task.Classes;

    public Image8 Read(int index, ImageBuffer buffer) => task.Train.Read(indices[index], buffer);

    public int? Label(int index) => task.TrainLabels[indices[index]];

    public string ItemName(int index) => task.Train.ItemName(indices[index]);
}
