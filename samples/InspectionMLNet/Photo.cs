using Microsoft.ML.Data;

namespace InspectionMLNetSample;

/// <summary>A photograph by its file.</summary>
public sealed class Photo
{
    public string Path { get; set; } = "";
}

/// <summary>The prediction of the classifier.</summary>
public sealed class Predicted
{
    public string Path { get; set; } = "";

    [ColumnName("label")]
    public long[] Label { get; set; } = [];

    [ColumnName("probabilities")]
    public float[] Probabilities { get; set; } = [];

    [ColumnName("novelty")]
    public float[] Novelty { get; set; } = [];
}
