using System.Net;

namespace Byol.Reports;

/// <summary>A picture of a gallery.</summary>
/// <param name="name">The caption.</param>
/// <param name="note">A second line of the caption, or null.</param>
/// <param name="thumbnail">A JPEG file; empty if the picture cannot be shown.</param>
public sealed class GalleryPicture(string name, string? note, ReadOnlyMemory<byte> thumbnail)
{
    /// <summary>The caption.</summary>
    internal string Name { get; } = name;

    /// <summary>A second line of the caption, or null.</summary>
    internal string? Note { get; } = note;

    /// <summary>A JPEG file; empty if the picture cannot be shown.</summary>
    internal ReadOnlyMemory<byte> Thumbnail { get; } = thumbnail;
}

/// <summary>Pictures that belong together.</summary>
/// <param name="heading">The heading.</param>
/// <param name="note">A line below that, or null.</param>
/// <param name="pictures">The pictures.</param>
public sealed class GallerySection(string heading, string? note, IEnumerable<GalleryPicture> pictures)
{
    /// <summary>The heading.</summary>
    internal string Heading { get; } = heading;

    /// <summary>A line below that, or null.</summary>
    internal string? Note { get; } = note;

    /// <summary>The pictures.</summary>
    internal IEnumerable<GalleryPicture> Pictures { get; } = pictures;
}

/// <summary>A page of pictures in one HTML file: it loads nothing, runs no script, and follows the reader's light or dark mode. A click on a picture
/// makes it as large as the window: its address in the page is then the target of a style.</summary>
public static class Gallery
{
    private const string Style = """
        :root { color-scheme: light dark; --page: #fbfbfa; --card: #ffffff; --line: #dddbd6; --text: #1d1d1b; --quiet: #66645e; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #161616; --card: #212121; --line: #383838; --text: #ececea; --quiet: #a3a19b; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1240px; padding: 2rem 1.5rem 4rem; }
        body { background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
        h1 { margin: 0 0 .4rem; font-size: 1.5rem; overflow-wrap: anywhere; }
        pre { overflow-x: auto; margin: 1rem 0; white-space: pre-wrap; font: 13px/1.4 ui-monospace, monospace; }
        figure { max-width: 860px; margin: 1rem 0; }
        figure svg { display: block; width: 100%; border-radius: 6px; }
        main { display: flex; flex-wrap: wrap; gap: 0 2.2rem; }
        section { max-width: 100%; }
        h2 { margin: 1.8rem 0 .1rem; font-size: 1.05rem; overflow-wrap: anywhere; }
        p { margin: 0 0 .4rem; color: var(--quiet); }
        ul { display: flex; flex-wrap: wrap; gap: .7rem; margin: .5rem 0 0; padding: 0; list-style: none; }
        li { width: 150px; padding: .5rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
        img, .none { display: block; width: 100%; height: 132px; object-fit: contain; }
        a { color: inherit; cursor: zoom-in; }
        a.close { display: none; }
        li:target img { position: fixed; inset: 0; z-index: 2; width: 100vw; height: 100vh; padding: 2vmin; background: var(--page); }
        li:target a.close { display: block; position: fixed; inset: 0; z-index: 3; cursor: zoom-out; }
        .none { display: grid; place-items: center; color: var(--quiet); font-size: .8rem; }
        b { display: block; margin-top: .4rem; font-size: .78rem; font-weight: 500; line-height: 1.3; overflow-wrap: anywhere; }
        span { display: block; line-height: 1.3; font-size: .78rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
        """;

    /// <summary>Writes the page; the pictures of a section are read when the section is written.</summary>
    /// <param name="output">The stream or file to write to.</param>
    /// <param name="title">Its title.</param>
    /// <param name="lead">A line below it.</param>
    /// <param name="sections">Its sections.</param>
    public static void Write(TextWriter output, string title, string lead, IEnumerable<GallerySection> sections) =>
        Write(output, title, lead, "", [], sections);

    /// <summary>Writes a report: text and drawings above the pictures.</summary>
    /// <param name="output">The stream or file to write to.</param>
    /// <param name="title">Its title.</param>
    /// <param name="lead">A line below it.</param>
    /// <param name="text">Tables as lines of text; may be empty.</param>
    /// <param name="drawings">SVG files, as the other members of this namespace draw them.</param>
    /// <param name="sections">Its sections.</param>
    public static void Write(
        TextWriter output, string title, string lead, string text, IEnumerable<string> drawings, IEnumerable<GallerySection> sections)
    {
        output.Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>{Escape(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{Escape(title)}</h1>
            <p>{Escape(lead)}</p>

            """);
        if (text.Length > 0) output.Write($"<pre>{EscapeLines(text)}</pre>\n");
        foreach (var drawing in drawings) output.Write($"<figure>{drawing}</figure>\n");
        output.Write("<main>\n");
        var number = 0;
        foreach (var section in sections)
        {
            output.Write($"<section>\n<h2>{Escape(section.Heading)}</h2>\n");
            if (section.Note is not null) output.Write($"<p>{Escape(section.Note)}</p>\n");
            output.Write("<ul>\n");
            foreach (var picture in section.Pictures) Write(output, picture, ++number);
            output.Write("</ul>\n</section>\n");
        }
        output.Write("</main>\n</body>\n</html>\n");
    }

    private static void Write(TextWriter output, GalleryPicture picture, int number)
    {
        var name = Escape(picture.Name);
        output.Write($"<li id=\"p{number}\">");
        if (picture.Thumbnail.IsEmpty) output.Write("<div class=\"none\">no picture</div>");
        else
        {
            output.Write($"<a href=\"#p{number}\"><img alt=\"{name}\" src=\"data:image/jpeg;base64,");
            output.Write(Convert.ToBase64String(picture.Thumbnail.Span));
            output.Write("\"/></a><a class=\"close\" href=\"#_\" title=\"back\"></a>");
        }
        output.Write($"<b>{name.Replace("/", "/<wbr/>", StringComparison.Ordinal).Replace("_", "_<wbr/>", StringComparison.Ordinal)}</b>");
        if (picture.Note is not null) output.Write($"<span>{Escape(picture.Note)}</span>");
        output.Write("</li>\n");
    }

    private static string EscapeLines(string text) => string.Join('\n', text.Split('\n').Select(Escape));

    // The name of a file may contain any character, including control characters.
    private static string Escape(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)));
}
