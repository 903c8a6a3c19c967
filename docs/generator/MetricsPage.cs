using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Byol.Runs;

namespace Byol.Docs;

/// <summary>The lines of metrics.jsonl, from the records that are written there.</summary>
internal static class MetricsPage
{
    public static ReferencePage Create(XmlComments comments) => new("metrics.md", $"""
        {ReferencePages.Notice}
        # metrics.jsonl

        The log of a run: a JSON object a line, appended as things happen. `kind` says what happened. A resumed run removes the lines behind its checkpoint and writes
        them again. Numbers that are not finite are the texts `"NaN"` and `"Infinity"`. Readers skip kinds and keys that they do not know.

        {string.Join('\n', RunLog.Kinds.Select(k => Section(k.Kind, k.Type, comments)))}
        """);

    private static string Section(string kind, Type record, XmlComments comments) => $"""
        ## {kind}

        {comments.Of(record)}

        {Markdown.Table(["key", "meaning"], Logged(record).Select(p => new[] { Markdown.Code(JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)), Meaning(p, comments) }))}
        """;

    private static IEnumerable<PropertyInfo> Logged(Type record) => record
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always
            && (p.GetMethod!.IsPublic || p.GetCustomAttribute<JsonIncludeAttribute>() is not null) && p.Name != nameof(RunRecord.NeedsAttention))
        .OrderByDescending(p => p.Name == nameof(RunRecord.Step));

    private static string Meaning(PropertyInfo property, XmlComments comments) =>
        comments.Of(property.Name == nameof(RunRecord.Step) ? typeof(RunRecord) : property.DeclaringType!, property.Name);
}
