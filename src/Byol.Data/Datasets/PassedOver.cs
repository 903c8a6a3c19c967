namespace Byol.Data.Datasets;

/// <summary>Files and folders that were skipped when data was opened, for one reason.</summary>
public sealed class PassedOver
{
    internal PassedOver(string reason, int count, string example) => (Reason, Count, Example) = (reason, count, example);

    /// <summary>What they are and what can be done, in words that follow a number: <c>empty</c>, <c>.ppm (not read; convert them to PNG or
    /// JPEG)</c>.</summary>
    public string Reason { get; }

    /// <summary>The number of files and folders; a folder counts once, without its contents.</summary>
    public int Count { get; }

    /// <summary>The first of them.</summary>
    public string Example { get; }
}
