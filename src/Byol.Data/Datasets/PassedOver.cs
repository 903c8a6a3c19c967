namespace Byol.Data.Datasets;

/// <summary>What lies where data was opened and is not among its images, for one reason.</summary>
public sealed class PassedOver
{
    internal PassedOver(string reason, int count, string example) => (Reason, Count, Example) = (reason, count, example);

    /// <summary>What it is and what can be done, in words that follow a number: <c>empty</c>,
    /// <c>.ppm (not read; convert them to PNG or JPEG)</c>.</summary>
    public string Reason { get; }

    /// <summary>Files and folders; of a folder nothing is counted but itself.</summary>
    public int Count { get; }

    /// <summary>The first of them.</summary>
    public string Example { get; }
}
