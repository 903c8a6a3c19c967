using System.IO.Enumeration;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>The images of a folder at any depth, and what else lies there, in one walk.</summary>
/// <remarks>Links to folders are followed, but not to a folder that the walk is in: that would lead in a circle. Hidden files, thumbnails
/// and trash of other programs, and files that Byol wrote are not data.</remarks>
internal sealed class FolderWalk
{
    private const string Nowhere = "links that lead nowhere";
    private const int NamesListed = 10, MostPictures = 10_000;

    private readonly List<(string Name, long Length)> _images = [];
    private readonly PassedOverCounts _passed = new();
    private readonly List<string> _broken = [];
    private readonly string _root;

    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink, bool IsHidden, long Length);

    /// <summary>Walks a folder.</summary>
    /// <param name="folder">It must exist.</param>
    /// <exception cref="DatasetException">It may not be opened, or is the folder of a run.</exception>
    public FolderWalk(string folder)
    {
        _root = folder;
        try
        {
            var entries = List(folder);
            if (IsRun(entries))
                throw new DatasetException($"{folder} is the folder of a run and not of images; give the images that it was trained on.");
            Walk(entries, "", [RealPath.Of(folder) ?? folder]);
        }
        catch (UnauthorizedAccessException)
        {
            throw new DatasetException($"Folder {folder} may not be opened; check its rights.");
        }
        Images = WithoutOwnPictures();
        ListBroken();
    }

    /// <summary>Images by their paths in the folder, with /, in ordinal order; with their length in bytes.</summary>
    public IReadOnlyList<(string Name, long Length)> Images { get; }

    /// <summary>What is not among them.</summary>
    public IReadOnlyList<PassedOver> PassedOver => _passed.ToList();

    private void Walk(List<Entry> entries, string inside, string[] places)
    {
        foreach (var entry in entries)
        {
            var name = inside + entry.Name;
            if (entry.IsHidden) _passed.Add("hidden", name);
            else if (entry.IsFolder) Enter(entry, name, places);
            else if (!ImageDecoder.IsImage(entry.Name)) _passed.Add(FileKinds.Reason(entry.Name), name);
            else if (Length(entry, name) is { } length) _images.Add((name, length));
        }
    }

    private void Enter(Entry entry, string name, string[] places)
    {
        if (FileKinds.IsOfOtherPrograms(entry.Name))
        {
            _passed.Add("folders of thumbnails or trash", name);
            return;
        }
        try
        {
            var path = Path.Combine(_root, name);
            var inner = entry.IsLink ? Behind(path, name, places) : [.. places[..^1], Path.Combine(places[^1], entry.Name)];
            if (inner is null) return;
            var entries = List(path);
            if (IsRun(entries)) _passed.Add("folders of runs", name);
            else Walk(entries, name + "/", inner);
        }
        catch (UnauthorizedAccessException)
        {
            _passed.Add("folders that may not be opened (check their rights)", name);
        }
        catch (IOException)
        {
            if (IsBroken(entry.Name)) _broken.Add(name + "/");
            else _passed.Add("folders that cannot be opened", name);
        }
    }

    // The walk is where it was and where the link leads, unless it is there, or below, already.
    private string[]? Behind(string link, string name, string[] places)
    {
        var target = RealPath.Of(link);
        if (target is not null && !places.Any(place => RealPath.IsWithin(place, target))) return [.. places, target];
        _passed.Add(target is null ? Nowhere : "links to a folder that they lie in", name);
        return null;
    }

    // A pipe named x.png would block the program that opens it: like an empty file it has no length. Of a link its target counts.
    private long? Length(Entry entry, string name)
    {
        var length = entry.Length;
        if (entry.IsLink)
        {
            if (Target(Path.Combine(_root, name)) is not { } target)
            {
                _passed.Add(Nowhere, name);
                return null;
            }
            length = target;
        }
        else if (IsBroken(entry.Name) && !File.Exists(Path.Combine(_root, name)))
        {
            _broken.Add(name);
            return null;
        }
        if (length > 0) return length;
        _passed.Add("empty", name);
        return null;
    }

    private static long? Target(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: true) is FileInfo { Exists: true } file ? file.Length : null;
        }
        catch (IOException)
        {
            return null;   // in a circle
        }
    }

    // Bytes of a name that are not UTF-8 become this character, and such a name opens nothing.
    private static bool IsBroken(string name) => name.Contains('\uFFFD', StringComparison.Ordinal);

    private static bool IsRun(List<Entry> entries) => entries.Exists(e => e.Name == "recipe.toml")
        && entries.Exists(e => e.Name is "run.lock" or "metrics.jsonl" or "encoder.safetensors");

    // In ordinal order, so that what is said does not depend on the file system.
    private static List<Entry> List(string folder)
    {
        var entries = new FileSystemEnumerable<Entry>(
            folder,
            (ref FileSystemEntry e) => new Entry(
                e.FileName.ToString(), e.IsDirectory, (e.Attributes & FileAttributes.ReparsePoint) != 0, e.IsHidden,
                e.IsDirectory ? 0 : e.Length),
            new EnumerationOptions { AttributesToSkip = FileAttributes.System, IgnoreInaccessible = false });
        return [.. entries.OrderBy(e => e.Name, StringComparer.Ordinal)];
    }

    // Their names are all that is known of them, so these are listed; what cannot be read of a name shows as this character.
    private void ListBroken()
    {
        if (_broken.Count == 0) return;
        _broken.Sort(StringComparer.Ordinal);
        var names = string.Join(", ", _broken.Take(NamesListed)) + (_broken.Count > NamesListed ? ", ..." : "");
        _passed.Add($"with names that are not UTF-8, which convmv can mend: {names}", _broken[0], _broken.Count);
    }

    // Sheets are looked for everywhere, but of many pictures only in the folder itself, where people put them, and by the usual names:
    // to open a hundred thousand PNGs takes longer than the walk.
    private List<(string Name, long Length)> WithoutOwnPictures()
    {
        _images.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var pictures = _images.FindAll(i => i.Name.EndsWith(".png", StringComparison.OrdinalIgnoreCase));
        var own = pictures.AsParallel()
            .Where(i => (pictures.Count <= MostPictures || ClassFolders.First(i.Name) is null
                    || Path.GetFileName(i.Name) is "views.png" or "preview.png")
                && OwnPicture.Is(Path.Combine(_root, i.Name)))
            .Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in own.Order(StringComparer.Ordinal)) _passed.Add("pictures made by Byol", name);
        return own.Count == 0 ? _images : _images.FindAll(i => !own.Contains(i.Name));
    }
}
