using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>A file that <c>torch.save</c> wrote: a state dictionary, alone or inside others. Read without running anything in it.</summary>
/// <remarks>Dictionaries inside are opened, their keys joined by dots: <c>state_dict.conv1.weight</c>.</remarks>
internal sealed class TorchFile : ITensorFile
{
    private const int DeepestDictionary = 4, MostItems = 50_000, LongestName = 300;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, PickledTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Start, long Size)> _storages;
    private int _items;

    /// <summary>Whether a file is one of <c>torch.save</c>, by its first bytes, or by its name where these say nothing.</summary>
    /// <param name="path">The file.</param>
    public static bool IsOne(string path)
    {
        Span<byte> begin = stackalloc byte[4];
        using var file = File.OpenHandle(path);
        var known = RandomAccess.Read(file, begin, 0) == 4 && (TorchLayout.IsZip(begin) || TorchLayout.IsLegacy(begin));
        return known || System.IO.Path.GetExtension(path).ToLowerInvariant() is ".pt" or ".pth" or ".ckpt" or ".tar" or ".bin";
    }

    /// <summary>Opens a file and checks that each tensor lies within it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or holds what tensors do not need; the message says what.</exception>
    public TorchFile(string path)
    {
        Path = path;
        _file = File.OpenHandle(path);
        try
        {
            var (content, storages, description) = TorchLayout.Read(_file);
            _storages = storages;
            Metadata = description is null ? new Dictionary<string, string>() : Texts(description);
            Collect("", content, 0);
            foreach (var (name, tensor) in _tensors) Check(name, tensor);
        }
        catch (Exception e)
        {
            _file.Dispose();
            if (e is FormatException or OverflowException) throw Damaged(e.Message.TrimEnd('.'));
            throw;
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => Find(name).Shape;

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        var tensor = Find(name);
        var count = Reach(tensor);
        using var flat = empty([count], tensor.Storage.Type);
        var bytes = flat.bytes;
        var start = _storages[tensor.Storage.Key].Start + tensor.Offset * tensor.Storage.ElementSize;
        for (var done = 0; done < bytes.Length;)
            done += RandomAccess.Read(_file, bytes[done..], start + done) is > 0 and var read ? read : throw Damaged("it ends early");
        using var view = flat.as_strided(tensor.Shape, tensor.Strides);
        return view.contiguous();
    }

    private static Dictionary<string, string> Texts(byte[] description)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(description) ?? [];
        }
        catch (JsonException)
        {
            throw new FormatException($"its {TorchLayout.Description} is not a JSON object of strings");
        }
    }

    private void Collect(string prefix, object? value, int depth)
    {
        if (value is not PickledDictionary dictionary || depth > DeepestDictionary) return;
        foreach (var (key, item) in dictionary.Items)
        {
            // A dictionary may stand in others many times over.
            if (++_items > MostItems) throw new FormatException($"it holds more than {MostItems} items");
            if (prefix.Length + key.Length > LongestName)
                throw new FormatException($"it holds a name of more than {LongestName} characters");
            if (item is PickledTensor tensor) _tensors[prefix + key] = tensor;
            Collect($"{prefix}{key}.", item, depth + 1);
        }
    }

    private void Check(string name, PickledTensor tensor)
    {
        var elements = 1L;
        foreach (var size in tensor.Shape) elements = checked(elements * (size >= 0 ? size : throw Unsound("a size below 0")));
        if (tensor.Shape.Length != tensor.Strides.Length || tensor.Strides.Any(s => s < 0) || tensor.Offset < 0)
            throw Unsound("strides that do not fit its shape");
        if (elements > tensor.Storage.Count || tensor.Offset > tensor.Storage.Count - Reach(tensor))
            throw Unsound("more elements than its storage has");
        if (!_storages.TryGetValue(tensor.Storage.Key, out var place)
            || place.Size != checked(tensor.Storage.Count * tensor.Storage.ElementSize))
            throw Unsound("a storage that is missing or of another size");

        FormatException Unsound(string how) => new($"tensor {Printable.Of(name)} has {how}");
    }

    // Elements from the first to the last that the view touches.
    private static long Reach(PickledTensor tensor)
    {
        var last = 0L;
        for (var i = 0; i < tensor.Shape.Length; i++)
        {
            if (tensor.Shape[i] == 0) return 0;
            last = checked(last + (tensor.Shape[i] - 1) * tensor.Strides[i]);
        }
        return last + 1;
    }

    private PickledTensor Find(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? tensor : throw Damaged($"it has no tensor {name}");

    private InvalidDataException Damaged(string how) =>
        new($"{Path} cannot be read: {how}; in Python, load what you trust and torch.save its state_dict() alone.");

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
