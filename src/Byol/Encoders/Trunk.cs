using System.Text.RegularExpressions;
using Byol.Models;
using Byol.TensorFiles;

namespace Byol.Encoders;

/// <summary>Whether a file holds the network that its shapes look like and no other: tensors of the trunk that it has no place for,
/// for instance squeeze and excitation in <c>layer1.0.se</c>, would change its features.</summary>
internal static partial class Trunk
{
    private const int Named = 3;
    private const int Pooling = 8;   // its place in nn.Sequential(*resnet.children()): what follows it is not part of the trunk

    // Beside the trunk: what comes behind its pooling, copies of it, and the state of a training. By how a word of the name begins.
    private static readonly string[] Others =
    [
        "fc", "linear", "classif", "logit", "head", "proj", "pred", "mlp", "prototype", "probe", "queue", "momentum", "target", "teacher",
        "ema", "key", "center", "loss", "optim", "sched",
    ];

    /// <summary>Compares the tensors of a file with those of a network.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">The network that it looks like; nothing is compared if its state is known only once it is built.</param>
    /// <param name="prefix">What stands before the encoder's names.</param>
    /// <param name="names">The network's names to the file's; a name that is not in it is the same in both.</param>
    /// <param name="passed">Prefixes of other encoders.</param>
    /// <exception cref="InvalidDataException">One is missing or too many; the message names the first.</exception>
    public static void Require(ITensorFile file, EncoderOptions options, string prefix, Func<string, string> names,
        IReadOnlyList<string> passed)
    {
        if (options.State is not { } state) return;
        var present = file.Names.ToHashSet(StringComparer.Ordinal);
        var needed = state.Select(t => names(t.Name)).ToHashSet(StringComparer.Ordinal);
        var network = options.Title;
        var missing = needed.Where(n => !present.Contains(n)).ToList();
        var copies = passed.Where(p => p.Length > prefix.Length).ToList();
        var others = file.Names.Where(n => !needed.Contains(n) && IsOf(prefix, n)
            && !copies.Any(p => n.StartsWith(p, StringComparison.Ordinal))).ToList();
        var also = others.Count == 0 ? "" : $" and has {List(others)} instead";
        if (missing.Count > 0)
            throw new InvalidDataException($"{file.Path} is not a {network}: it has no tensor {List(missing)}{also}; use another encoder.");
        if (others.Count == 0) return;
        throw new InvalidDataException(
            $"{file.Path} is not a plain {network}: {List(others)} {(others.Count == 1 ? "belongs" : "belong")} to the trunk and cannot be "
            + "used, so the features would differ; use one of torchvision's kind, or remove what is not part of it.");
    }

    // By its first part alone: everything in a stage belongs to the trunk, with any name.
    private static bool IsOf(string prefix, string name)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return false;
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) return false;
        var module = name[prefix.Length..].Split('.')[0];
        if (int.TryParse(module, out var place)) return place < Pooling || Block().IsMatch(name[prefix.Length..]);
        return !Words().Matches(module).Any(w => Others.Any(o => w.Value.StartsWith(o, StringComparison.OrdinalIgnoreCase)));
    }

    private static string List(List<string> names) =>
        string.Join(", ", names.Take(Named).Select(Printable.Of)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");

    [GeneratedRegex(@"^\d+\.\d+\.(conv|bn|downsample)")]
    private static partial Regex Block();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Za-z][a-z]*")]
    private static partial Regex Words();
}
