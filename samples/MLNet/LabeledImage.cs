namespace MLNetSample;

/// <summary>A row: an image's file and its class.</summary>
internal sealed class LabeledImage
{
    public string Path { get; set; } = "";

    public string Class { get; set; } = "";
}
