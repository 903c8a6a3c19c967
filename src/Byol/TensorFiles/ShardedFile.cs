using System.Text.RegularExpressions;

namespace Byol.TensorFiles;

/// <summary>Weights in several files, as large models are published: no encoder here is so large, so they are named and not read.</summary>
internal static partial class ShardedFile
{
    /// <summary>Throws if a file is a part of one, or the index of its parts.</summary>
    /// <param name="path">Any file.</param>
    /// <exception cref="InvalidDataException">It is.</exception>
    public static void RequireNone(string path)
    {
        if (!Name().IsMatch(Path.GetFileName(path))) return;
        throw new InvalidDataException(
            $"{path} belongs to weights in several files (sharded safetensors), which are not read; join them to one file, in Python with "
            + "safetensors.torch.load_file and save_file.");
    }

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.safetensors$|\.safetensors\.index\.json$")]
    private static partial Regex Name();
}
