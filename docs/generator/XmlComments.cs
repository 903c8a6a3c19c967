using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Byol.Data.Views;
using Byol.Training;

namespace Byol.Docs;

/// <summary>What the XML comments of the libraries say, as text for a page.</summary>
internal sealed partial class XmlComments(IReadOnlyDictionary<string, XElement> members)
{
    /// <summary>Those of the libraries that have the settings of recipes; they lie beside their assemblies.</summary>
    public static XmlComments OfLibraries() => new(
        new[] { typeof(Recipe), typeof(ViewOptions) }
            .SelectMany(t => XDocument.Load(Path.ChangeExtension(t.Assembly.Location, ".xml")).Descendants("member"))
            .DistinctBy(m => m.Attribute("name")!.Value).ToDictionary(m => m.Attribute("name")!.Value));

    /// <summary>The summary of a type.</summary>
    public string Of(Type type) => Text($"T:{Name(type)}");

    /// <summary>The summary of a member.</summary>
    /// <param name="type">What declares it.</param>
    /// <param name="name">A property or a field of an enumeration.</param>
    public string Of(Type type, string name) => Text($"{(type.IsEnum ? 'F' : 'P')}:{Name(type)}.{name}");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private string Text(string member) => Spaces().Replace(
        string.Concat(members[member].Element("summary")!.Nodes().Select(Inline)), " ").Trim();

    private static string Inline(XNode node) => node switch
    {
        XText text => Markdown.Plain(text.Value),
        XElement { Name.LocalName: "c" } code => Markdown.Code(code.Value),
        XElement { Name.LocalName: "see" } see => Markdown.Code(Referred(see.Attribute("cref")?.Value ?? see.Attribute("langword")!.Value)),
        XElement element => Markdown.Plain(element.Value),
        _ => "",
    };

    // A property of options is the key of a recipe.
    private static string Referred(string cref)
    {
        var last = cref.Split('(')[0].Split('.')[^1];
        return cref.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.SnakeCaseLower.ConvertName(last) : last.Split(':')[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
