using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>A file of named tensors. Opening checks it; values are read when asked for.</summary>
internal interface ITensorFile : IDisposable
{
    /// <summary>The file's path.</summary>
    string Path { get; }

    /// <summary>Bytes that hold its values, at most: what it claims beyond them is not there.</summary>
    long Length => new FileInfo(Path).Length;

    /// <summary>Free text by key; empty if the file has none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors' names, in the order of the file.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The shape of one tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidDataException">There is no such tensor.</exception>
    IReadOnlyList<long> Shape(string name);

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Row-major on the processor, of the file's type; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">There is no such tensor, or the file ends early.</exception>
    Tensor Read(string name);
}
