using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Byol.Method;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Faults.Trials;

/// <summary>Checkpoints with a part cut short or a bit turned over: found out, and the one before is taken.</summary>
internal sealed class Damage : IDisposable
{
    private readonly Trial _trial;
    private readonly RunDirectory _run;
    private readonly ByolState _state;
    private readonly string _newest;
    private readonly Dictionary<string, byte[]> _parts;
    private readonly long _before;

    public Damage(Fixture fixture)
    {
        _trial = fixture.Finished();
        var checkpoints = RunState.Checkpoints(_trial.Run);
        (_newest, _before) = (checkpoints[^1], Trial.Step(checkpoints[^2]));
        _parts = Directory.GetFiles(_newest).ToDictionary(f => f, File.ReadAllBytes);
        _run = RunDirectory.Resume(_trial.Run);
        var recipe = RecipeFile.Open(_run.Recipe);
        _state = new ByolState(
            recipe.Encoder.Create, recipe.Encoder.RepresentationSize, recipe.Method, recipe.Optimizer,
            recipe.Training.Seed, CPU);
    }

    /// <summary>Parts cut at every boundary of a tensor, and beside it.</summary>
    public FaultRow Truncations(int most)
    {
        var cuts = _parts
            .SelectMany(p => Boundaries(p.Key, p.Value)
                .SelectMany(b => (long[])[b - 1, b, b + 1])
                .Where(b => b >= 0 && b < p.Value.Length)
                .Distinct()
                .Select(b => (Part: p.Key, Length: (int)b)))
            .ToList();
        var chosen = Enumerable.Range(0, Math.Min(most, cuts.Count))
            .Select(i => cuts[(int)((long)i * cuts.Count / Math.Min(most, cuts.Count))])
            .ToList();
        return FaultRow.Of("checkpoint part cut short", chosen, 1, cut => Restored(cut.Part, _parts[cut.Part][..cut.Length]));
    }

    /// <summary>Single bits turned over, in parts drawn as often as they are long, but the small ones too.</summary>
    public FaultRow BitFlips(int count, int seed)
    {
        var random = new Random(seed);
        var files = _parts.Keys.Order(StringComparer.Ordinal).ToList();
        var flips = Enumerable.Range(0, count)
            .Select(_ => files[random.Next(files.Count)])
            .Select(part => (Part: part, Bit: random.NextInt64(_parts[part].Length * 8L)))
            .ToList();
        return FaultRow.Of("bit of a checkpoint turned over", flips, 1, flip => Restored(flip.Part, Flipped(flip.Part, flip.Bit)));
    }

    /// <summary>The negative control: with a digest made for it, a turned bit is loaded as if nothing were wrong.</summary>
    /// <returns>What does not hold, or null.</returns>
    public string? WithoutDigest()
    {
        var (part, manifest) = (Path.Combine(_newest, "online.safetensors"), Path.Combine(_newest, "manifest.json"));
        var changed = Flipped(part, (_parts[part].Length - 100) * 8L);
        var json = JsonNode.Parse(_parts[manifest])!;
        json["sha256"]!["online.safetensors"] = Convert.ToHexStringLower(SHA256.HashData(changed));
        File.WriteAllBytes(part, changed);
        File.WriteAllBytes(manifest, JsonSerializer.SerializeToUtf8Bytes(json));
        Checkpoint.Restore(_run, _state, _ => { });
        PutRight(part, manifest);
        return _state.Step == Fixture.Steps ? null : "a turned bit was found out without its digest: the digest is not what finds it";
    }

    private string? Restored(string part, byte[] damaged)
    {
        var warnings = new List<string>();
        File.WriteAllBytes(part, damaged);
        Checkpoint.Restore(_run, _state, warnings.Add);
        PutRight(part);
        if (_state.Step != _before) return $"step {_state.Step} was restored, and not {_before}";
        return warnings.Count == 1 && warnings[0].Contains(_newest, StringComparison.Ordinal)
            ? null : $"it was not said: {string.Join(' ', warnings)}";
    }

    private void PutRight(params string[] parts)
    {
        foreach (var part in parts) File.WriteAllBytes(part, _parts[part]);
    }

    private byte[] Flipped(string part, long bit)
    {
        var bytes = _parts[part].ToArray();
        bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
        return bytes;
    }

    private static IEnumerable<long> Boundaries(string part, byte[] bytes)
    {
        if (!part.EndsWith(".safetensors", StringComparison.Ordinal)) return [0, bytes.Length / 2, bytes.Length - 1];
        var header = 8 + BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var json = JsonDocument.Parse(bytes.AsMemory(8..(int)header));
        var tensors = json.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__");
        return [0, 8, header, .. tensors.Select(t => header + t.Value.GetProperty("data_offsets")[1].GetInt64())];
    }

    public void Dispose()
    {
        _state.Dispose();
        _run.Dispose();
        _trial.Dispose();
    }
}
