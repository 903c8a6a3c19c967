using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Byol.Reports;

/// <summary>The page of runs: one script and one style sheet of our own. As a report it holds its data and opens anywhere; served, it asks
/// for them.</summary>
/// <remarks>Charts are drawn by our script: plotly.js, which Plotly.NET carries, would add four megabytes to every report and needs styles
/// and scripts that a strict content policy forbids. Data stands in a block that no browser runs, and the policy lets run what has the
/// digest of our script, and nothing else.</remarks>
internal static class PageTemplate
{
    private static readonly string[] Scripts = ["chart.js", "map.js", "page.js"];

    /// <summary>Names as scripts have them.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The script.</summary>
    public static string Script { get; } = string.Concat(Scripts.Select(Text));

    /// <summary>The style sheet.</summary>
    public static string Style { get; } = Text("page.css");

    /// <summary>The page that asks a server; script and style are files beside it.</summary>
    /// <param name="ask">Between two questions.</param>
    public static string Live(TimeSpan ask) => $"""
        {Head("Byol: runs")}
        <link rel="stylesheet" href="page.css">
        </head>
        <body>
        {Body("Byol", "", $" data-ask=\"{(int)ask.TotalMilliseconds}\"")}
        <script src="page.js"></script>
        </body>
        </html>

        """;

    /// <summary>Writes a page that holds its data.</summary>
    /// <param name="output">The stream or file to write to.</param>
    /// <param name="title">What stands above it.</param>
    /// <param name="data">What it shows, serialized as its script expects.</param>
    public static void Write(Stream output, string title, object data)
    {
        var policy = $"default-src 'none'; img-src data:; style-src {Digest(Style)}; script-src {Digest(Script)}";
        var before = $"""
            {Head(title)}
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <style>{Style}</style>
            </head>
            <body>
            {Body(title, "made by byol; this file needs no network")}
            <script type="application/json" id="data">
            """;
        output.Write(Encoding.UTF8.GetBytes(before));
        JsonSerializer.Serialize(output, data, Json);       // <, > and & are written as codes
        output.Write(Encoding.UTF8.GetBytes($"</script>\n<script>{Script}</script>\n</body>\n</html>\n"));
    }

    private static string Head(string title) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <link rel="icon" href="data:,">
        """;

    private static string Body(string title, string foot, string attributes = "") => $"""
        <header><h1>{Escape(title)}</h1><p id="lead" class="quiet"></p></header>
        <main{attributes}></main>
        <footer>{Escape(foot)}</footer>
        """;

    private static string Escape(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)));

    private static string Digest(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(PageTemplate).Assembly.GetManifestResourceStream($"Byol.page.{name}")!);
        return reader.ReadToEnd();
    }
}
