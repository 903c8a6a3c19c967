using System.Text.Json;
using Byol.Runs;

namespace Byol.Cli.Experiments;

/// <summary>Results as a JSON array that is whole after each of them.</summary>
/// <typeparam name="T">A record.</typeparam>
internal sealed class ResultFile<T> where T : class
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true
    };

    private readonly string _path;
    private readonly List<T> _results;

    /// <summary>Reads what is there.</summary>
    /// <exception cref="InvalidDataException">The file was not written by Byol.</exception>
    public ResultFile(string path)
    {
        _path = path;
        try
        {
            _results = File.Exists(path) ? JsonSerializer.Deserialize<List<T>>(File.ReadAllBytes(path), Json) ?? [] : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read ({e.Message.Split('.')[0]}); remove it to score every run again.", e);
        }
    }

    public T? Find(Predicate<T> match) => _results.Find(match);

    /// <summary>Adds a result and writes the file.</summary>
    public T Add(T result)
    {
        _results.Add(result);
        RunDirectory.Write(_path, stream => JsonSerializer.Serialize(stream, _results, Json));
        return result;
    }
}
