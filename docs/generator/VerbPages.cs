using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Globalization;
using Byol.Cli;
using Byol.Cli.Terminal;

namespace Byol.Docs;

/// <summary>A page for each verb, from the definitions that also make its <c>--help</c>.</summary>
internal static class VerbPages
{
    private sealed record Verb(string Name, Command Command)
    {
        public string File => $"{Name.Replace(' ', '-')}.md";
    }

    public static IEnumerable<ReferencePage> All()
    {
        var verbs = Leaves(Verbs.Create(), "").ToList();
        return
        [
            .. verbs.Select(verb => new ReferencePage($"verbs/{verb.File}", Page(verb))),
            new("verbs/index.md", Index(verbs)),
            new("verbs/toc.yml", $"- name: Verbs\n  href: index.md\n{string.Concat(verbs.Select(v => $"- name: {v.Name}\n  href: {v.File}\n"))}"),
        ];
    }

    private static IEnumerable<Verb> Leaves(Command command, string typed)
    {
        foreach (var verb in command.Subcommands.Where(c => !c.Hidden))
        {
            var name = $"{typed} {verb.Name}".Trim();
            if (verb.Action is not null) yield return new Verb(name, verb);
            foreach (var leaf in Leaves(verb, name)) yield return leaf;
        }
    }

    private static string Index(IEnumerable<Verb> verbs) => $"""
        {ReferencePages.Notice}
        # Verbs

        In the order of work: look, train, judge, use. `./byol VERB --help` says the same in the terminal.

        {Markdown.Table(["verb", "what it does"], verbs.Select(v => new[] { $"[`byol {v.Name}`]({v.File})", Markdown.Plain(v.Command.Description!) }))}
        """;

    private static string Page(Verb verb)
    {
        var options = verb.Command.Options.Where(o => !o.Hidden && o is not HelpOption and not VersionOption).ToList();
        var examples = Examples.Of(verb.Name);
        string[] parts =
        [
            $"{ReferencePages.Notice}\n# byol {verb.Name}\n\n{Markdown.Plain(verb.Command.Description!)}\n",
            $"```\nusage: {Usage(verb, options)}\n```\n",
            examples.Count == 0 ? "" : $"```sh\n{string.Concat(examples.Select(e => $"./{e}\n"))}```\n",
            Markdown.Table(["argument", "meaning"], verb.Command.Arguments.Where(a => !a.Hidden).Select(a => new[]
            {
                Markdown.Code($"<{a.Name}>"), Meaning(a.Description, null)
            })),
            Markdown.Table(["option", "default", "meaning"], options.Select(o => new[]
            {
                Markdown.Code(string.Join(", ", [Spelled(o), .. o.Aliases])), o.Required ? "required" : Default(o), Meaning(o.Description, Values(o))
            })),
        ];
        return string.Join('\n', parts.Where(p => p.Length > 0));
    }

    private static string Usage(Verb verb, List<Option> options)
    {
        var needed = options.Where(o => o.Required).Select(Spelled);
        var arguments = verb.Command.Arguments.Where(a => !a.Hidden).Select(a =>
            (a.Arity.MinimumNumberOfValues, a.Arity.MaximumNumberOfValues) switch
            {
                (0, 1) => $"[<{a.Name}>]", (0, _) => $"[<{a.Name}>...]", (_, 1) => $"<{a.Name}>", _ => $"<{a.Name}>...",
            });
        return string.Join(' ', ["byol", verb.Name, .. arguments, .. needed, .. options.Any(o => !o.Required) ? ["[options]"] : Array.Empty<string>()]);
    }

    private static string Spelled(Option option) => IsSwitch(option) ? option.Name : $"{option.Name} <{option.HelpName ?? option.Name.TrimStart('-')}>";

    private static bool IsSwitch(Option option) => option.ValueType == typeof(bool);

    private static string Default(Option option) => !IsSwitch(option) && !option.ValueType.IsArray && option.HasDefaultValue && option.GetDefaultValue() is { } value
        && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? Markdown.Code(text) : "";

    private static List<string> Values(Option option) =>
        IsSwitch(option) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)];

    private static string Meaning(string? description, List<string>? values)
    {
        var text = Markdown.Plain(description ?? "");
        return values is { Count: > 0 } && !values.All(v => text.Contains(v, StringComparison.OrdinalIgnoreCase))
            ? $"{text} One of {string.Join(", ", values.Select(Markdown.Code))}." : text;
    }
}
