using System.CommandLine;
using Byol.Data.Datasets;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli;

/// <summary>From what happened to an exit code, and to one line on standard error.</summary>
internal static class ExitCodes
{
    public const int Done = 0, Failed = 1, WrongInput = 2, Interrupted = 130, Terminated = 143;

    /// <summary>Set this variable to see the stack trace of an error.</summary>
    private const string TraceVariable = "BYOL_TRACE";

    /// <summary>Parses, runs, and turns every error into one line: value, rule, remedy.</summary>
    public static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"byol: {Problem(parsed)} See byol {string.Concat(Path(parsed))}--help.");
            return WrongInput;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            var e = thrown is AggregateException several ? several.GetBaseException() : thrown;   // of a parallel loop over images
            Console.Error.WriteLine($"byol: {OneLine(e.Message)}");
            if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 }) Console.Error.WriteLine(e);
            return e is DatasetException or RecipeException or RunDirectoryException or ArgumentException or InvalidDataException ? WrongInput : Failed;
        }
    }

    // A word that is not known is behind whatever else the parser misses.
    private static string Problem(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..]) return OneLine(parsed.Errors[0].Message).TrimEnd('.') + ".";
        var command = parsed.CommandResult.Command;
        var known = (word.StartsWith('-') ? command.Options.Select(o => o.Name) : command.Subcommands.Select(c => c.Name)).ToList();
        return $"{word} is not known{(known.Count > 0 ? NearestName.Suggest(word, known) : ".")}";
    }

    // The parser's own messages go over several lines and name .NET types.
    private static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Split(" as expected type")[0];
    }

    private static IEnumerable<string> Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; at = command.Parent) names.Push(command.Command.Name);
        return names.Select(n => n + " ");
    }
}
