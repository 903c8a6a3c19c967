using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Which images a run is trained on, in its folder: a resume on others is not the same run.</summary>
internal static class RunData
{
    private static readonly JsonSerializerOptions Options =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes it down.</summary>
    public static void Write(string folder, DatasetDigest data) =>
        RunDirectory.Write(RunDirectory.DataIn(folder), stream => JsonSerializer.Serialize(stream, data, Options));

    /// <summary>Compares data with those that the run began with.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="data">The images given now.</param>
    /// <param name="acceptsOther">Whether others are taken, and written down in place of the former.</param>
    /// <returns>What should be said; null if all is as it was.</returns>
    /// <exception cref="RunDirectoryException">They are others, and these are not accepted.</exception>
    public static string? Compare(string folder, IDataset data, bool acceptsOther)
    {
        var now = DatasetDigest.Of(data);
        if (Read(RunDirectory.DataIn(folder)) is not { } before)
        {
            Write(folder, now);
            return $"The run in {folder} does not say which images it began with (an older version began it), so {data.Name} could not be "
                + "compared with them; from now on it says so.";
        }
        if (now.ChangeSince(before) is not { } change) return null;
        if (!acceptsOther)
        {
            throw new RunDirectoryException($"{data.Name} is not what the run in {folder} was trained on: {change}; "
                + "give the same images, or set acceptOtherData to train on with these.");
        }
        Write(folder, now);
        return $"The run in {folder} is trained on with other images: {change}.";
    }

    private static DatasetDigest? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<DatasetDigest>(File.ReadAllBytes(path), Options);
        }
        catch (JsonException e)
        {
            throw new RunDirectoryException(
                $"{path} is damaged ({e.Message.Split('.')[0]}); delete it to resume without comparing the data.");
        }
    }
}
