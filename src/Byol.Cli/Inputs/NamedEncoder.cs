using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Encoders;

namespace Byol.Cli.Inputs;

/// <summary>Encoders that others trained, as they are typed: by name.</summary>
internal static class NamedEncoder
{
    /// <summary>The encoder of a name; null for what is there as a file or folder, and for text that is not a name.</summary>
    public static PretrainedEncoder? Find(string typed) =>
        File.Exists(typed) || Directory.Exists(typed) ? null : PretrainedEncoders.Find(typed);

    /// <summary>A name as an argument.</summary>
    /// <param name="description">What may be typed.</param>
    public static Argument<string> Argument(string description = "A name from byol encoders list.") =>
        new("name") { Description = description };

    /// <summary>The encoder of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PretrainedEncoder Require(string name) => PretrainedEncoders.Find(name)
        ?? throw new ArgumentException($"Encoder {name} is not known{Suggest(name)}");

    /// <summary>The end of a message about a name that is not known.</summary>
    public static string Suggest(string name, params IEnumerable<string> others) =>
        NearestName.Suggest(name, PretrainedEncoders.All.Select(e => e.Name).Concat(others));

    /// <summary>The file of an encoder, which is fetched if it is not here yet.</summary>
    public static string Path(PretrainedEncoder known) => PretrainedEncoders.Locate(known)
        ?? Fetch(known, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Fetches an encoder and says what from where.</summary>
    public static async Task<string> Fetch(PretrainedEncoder known, CancellationToken cancellation)
    {
        Console.Error.WriteLine($"Fetching {known.Name} once: {known.About}; license {known.License}\n  {known.Url}");
        var reports = false;
        var path = await PretrainedEncoders.Get(known, (url, done, total) =>
        {
            reports = true;
            Download.Report(System.IO.Path.GetFileName(url), done, total);
        }, cancellation).ConfigureAwait(false);
        if (reports) Download.EndReport();
        return path;
    }
}
