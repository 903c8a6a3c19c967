namespace Byol.Data.Datasets;

/// <summary>The images of one or more archives in their order: names, labels, and where each lies.</summary>
internal sealed class ArchiveImages
{
    private readonly List<(int Archive, ArchiveImage Image)> _images = [];
    private readonly string[]? _sources;   // before each name, where names would clash
    private readonly int[]? _labels;

    /// <summary>Joins what the archives hold.</summary>
    /// <param name="name">The dataset's.</param>
    /// <param name="archives">At least one.</param>
    /// <exception cref="DatasetException">There is no image in them.</exception>
    public ArchiveImages(string name, IReadOnlyList<ArchiveIndex> archives)
    {
        for (var a = 0; a < archives.Count; a++) _images.AddRange(archives[a].Images().Select(i => (a, i)));
        var notes = DatasetNotes.Together(archives.Select(a => a.Notes));
        if (_images.Count == 0)
        {
            var others = notes.PassedOver.Count == 0 ? "" : $"; skipped: {notes.Reasons()}";
            throw new DatasetException($"{name} holds no image ({FileKinds.ImageEndings}){others}; give an archive that does.");
        }
        if (_images.DistinctBy(i => i.Image.Name).Count() < Count) _sources = SourceNames.Of([.. archives.Select(a => a.Archive)]);
        var labels = ArchiveLabels.Of(name, [.. _images.Select(i => i.Image)]);
        (Classes, _labels) = (labels.Classes, labels.Labels);
        Notes = new DatasetNotes(notes.PassedOver, labels.Remark is { } remark ? [.. notes.Remarks, remark] : notes.Remarks);
    }

    public int Count => _images.Count;

    public IReadOnlyList<string> Classes { get; }

    public DatasetNotes Notes { get; }

    /// <summary>Which archive an image lies in, and where.</summary>
    public (int Archive, ArchiveImage Image) this[int index] => _images[index];

    public int? Label(int index) => _labels?[index];

    public string Name(int index) =>
        _sources is null ? _images[index].Image.Name : $"{_sources[_images[index].Archive]}/{_images[index].Image.Name}";
}
