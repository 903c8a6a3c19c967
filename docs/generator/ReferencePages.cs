namespace Byol.Docs;

/// <summary>A page of the reference.</summary>
/// <param name="Path">Where it lies, seen from docs/reference.</param>
/// <param name="Text">Markdown, or YAML of a table of contents.</param>
internal sealed record ReferencePage(string Path, string Text);

/// <summary>The pages of the reference that follow from the code.</summary>
internal static class ReferencePages
{
    /// <summary>The first line of every page.</summary>
    public const string Notice = "<!-- Written by docs/generator from the code; change the code, then: dotnet run --project docs/generator -c Release -->";

    public static IEnumerable<ReferencePage> All() => 
        [.. VerbPages.All(), SettingsPage.Create(XmlComments.OfLibraries()), MetricsPage.Create(XmlComments.OfLibraries())];
}
