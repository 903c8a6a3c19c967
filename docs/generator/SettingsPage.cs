using System.Reflection;
using System.Text.Json;
using Byol.Data.Views;
using Byol.Training;

namespace Byol.Docs;

/// <summary>Every key of a recipe, from the records that are its only list.</summary>
internal static class SettingsPage
{
    private static readonly Recipe Defaults = new();

    public static ReferencePage Create(XmlComments comments) => new("settings.md", $"""
        {ReferencePages.Notice}
        # Recipe keys

        A recipe file is TOML with these sections; after `--set` a key is `section.key=value`. Defaults are those of a file that leaves the key out, and are the paper's.
        [Recipes](recipes.md) lists the recipes that come with it.

        {string.Join('\n', typeof(Recipe).GetProperties().Select(section => Section(section, comments)))}
        """);

    private static string Section(PropertyInfo section, XmlComments comments)
    {
        var options = section.GetValue(Defaults)!.GetType();
        var keys = RecipeKeys.Names(Defaults).Where(n => n.StartsWith($"{Snake(section.Name)}.", StringComparison.Ordinal))
            .OrderBy(n => Array.FindIndex(options.GetProperties(), p => n.EndsWith($".{Snake(p.Name)}", StringComparison.Ordinal)));
        return $"""
            ## {Snake(section.Name)}

            {comments.Of(options)}

            {Markdown.Table(["key", "default", "value", "meaning"], keys.Select(k => Row(k, options, comments)))}
            """;
    }

    private static string[] Row(string key, Type options, XmlComments comments)
    {
        var name = key[(key.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (key == RecipeKeys.Kind)
            return [Markdown.Code(name), Markdown.Code(RecipeKeys.Get(Defaults, key)), "text", "The kind of encoder; `resnet`, or one that a program registers."];
        var property = options.GetProperties().Single(p => Snake(p.Name) == name);
        var type = property.PropertyType;
        return
        [
            Markdown.Code(name), Markdown.Code(RecipeKeys.Get(Defaults, key)), Value(type), comments.Of(property.DeclaringType!, property.Name) + Members(type, comments)
        ];
    }

    private static string Members(Type type, XmlComments comments) => !type.IsEnum ? "" : string.Concat(
        Enum.GetNames(type).Select(n => $"<br>{Markdown.Code($"\"{n.ToLowerInvariant()}\"")}: {comments.Of(type, n)}"));

    private static string Value(Type type) => type switch
    {
        { IsEnum: true } => "one of these",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(double) => "number",
        _ when type == typeof(string) => "text",
        _ when type == typeof(CheckpointInterval) => "`\"10m\"`, `\"200 steps\"`, `\"1 epoch\"`",
        _ when type == typeof(TimeSpan) => "`\"30m\"`, `\"2h\"`, `\"none\"`",
        _ when type == typeof(Interval) => "[lowest, highest]",
        _ when type == typeof(PerView) => "[of v, of v']",
        _ when type == typeof(Channels) => "[red, green, blue]",
        _ when type == typeof(IReadOnlyList<int>) => "list of whole numbers",
        _ when type == typeof(int) || type == typeof(long) || type == typeof(ulong) => "whole number",
        _ => throw new InvalidOperationException($"Settings of type {type} have no words here; add them."),
    };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
