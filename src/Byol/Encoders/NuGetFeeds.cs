using System.Security.Cryptography;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Byol.Data.Datasets;

namespace Byol.Encoders;

/// <summary>Packages of NuGet: from the folder that restores leave them in, or from the feeds that this machine's user has configured. No
/// SDK is needed; feeds that want a password are not asked.</summary>
/// <param name="http">The client for downloads; the caller disposes it.</param>
/// <param name="packages">The folder of restored packages.</param>
/// <param name="feeds">Addresses of service indices, and folders.</param>
internal sealed class NuGetFeeds(HttpClient http, string packages, IReadOnlyList<string> feeds)
{
    private const string Official = "https://api.nuget.org/v3/index.json", Content = "PackageBaseAddress/3.0.0";

    /// <summary>As <c>dotnet restore</c> would look for them outside of any solution.</summary>
    /// <param name="http">The client for downloads; the caller disposes it.</param>
    public static NuGetFeeds OfThisMachine(HttpClient http)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } own ? own
            : Path.Combine(home, ".nuget", "packages");
        string[] configurations =
        [
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "NuGet", "NuGet.Config"),
            Path.Combine(home, ".nuget", "NuGet", "NuGet.Config"), Path.Combine(home, ".config", "NuGet", "NuGet.Config"),
        ];
        var configuration = configurations.FirstOrDefault(File.Exists);
        return new NuGetFeeds(http, packages, configuration is null ? [Official] : Configured(configuration));
    }

    /// <summary>The sources of a NuGet.Config that are not disabled; NuGet's own where it has none or cannot be read.</summary>
    public static IReadOnlyList<string> Configured(string file)
    {
        try
        {
            var root = XDocument.Load(file).Root!;
            var disabled = Values("disabledPackageSources").Where(s => s.Value == "true").Select(s => s.Key).ToHashSet();
            var sources = Values("packageSources").Where(s => !disabled.Contains(s.Key)).Select(s => s.Value).ToList();
            return sources.Count > 0 ? sources : [Official];

            IEnumerable<(string Key, string Value)> Values(string section) =>
                root.Elements(section).Elements("add")
                    .Select(a => ((string?)a.Attribute("key") ?? "", (string?)a.Attribute("value") ?? ""));
        }
        catch (XmlException)
        {
            return [Official];
        }
    }

    /// <summary>A package that was restored here or lies in a folder of packages; null if there is none.</summary>
    public string? OnThisMachine(string id, string version)
    {
        var (name, lower) = ($"{id}.{version}.nupkg", $"{id}.{version}.nupkg".ToLowerInvariant());
        var nested = Path.Combine(id.ToLowerInvariant(), version, lower);
        string[] places = [Path.Combine(packages, nested), .. feeds.Where(f => !IsAddress(f))
            .SelectMany(f => (string[])[Path.Combine(f, nested), Path.Combine(f, lower), Path.Combine(f, name)])];
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>Fetches a package from the first feed that has it.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="progress">Receives the address, the bytes so far, and the bytes in all.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The target.</returns>
    /// <exception cref="IOException">No feed has it, or none can be reached.</exception>
    public async Task<string> Fetch(
        string id, string version, string target, Action<string, long, long> progress, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        foreach (var feed in feeds.Where(IsAddress))
        {
            try
            {
                var url = $"{(await Root(feed, cancellation).ConfigureAwait(false)).TrimEnd('/')}/"
                    + $"{id}/{version}/{id}.{version}.nupkg".ToLowerInvariant();
                await FileDownload.Fetch(http, url, target, HashAlgorithmName.SHA256, (done, total) => progress(url, done, total),
                    cancellation)
                    .ConfigureAwait(false);
                return target;
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException or JsonException or KeyNotFoundException
                or InvalidOperationException)
            {
                reasons.Add($"{feed}: {e.Message.TrimEnd('.')}");
            }
        }
        throw new IOException(
            $"Package {id} {version} cannot be fetched ({string.Join("; ", reasons.DefaultIfEmpty("no feed is configured"))}); "
            + $"check the network, or restore it with any project of your own: it is then taken from {packages}.");
    }

    private async Task<string> Root(string feed, CancellationToken cancellation)
    {
        var index = await http.GetStringAsync(new Uri(feed), cancellation).ConfigureAwait(false);
        using var json = JsonDocument.Parse(index);
        foreach (var resource in json.RootElement.GetProperty("resources").EnumerateArray())
        {
            if (resource.GetProperty("@type").GetString() == Content) return resource.GetProperty("@id").GetString()!;
        }
        throw new KeyNotFoundException("it is not a feed of NuGet's third version");
    }

    private static bool IsAddress(string feed) => feed.StartsWith("http", StringComparison.OrdinalIgnoreCase);
}
