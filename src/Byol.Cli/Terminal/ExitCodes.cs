using System.CommandLine;
using System.CommandLine.Parsing;
using Byol.Data.Datasets;
using Byol.Interop;
using Byol.Models;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Terminal;

/// <summary>Turns errors into exit codes and one line on standard error.</summary>
internal static class ExitCodes
{
    public const int Done = 0, Failed = 1, WrongInput = 2, HungUp = 129, Interrupted = 130, Terminated = 143;

    // @name is a folder of images like any other, and no file of arguments.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Set this variable to see the stack trace of an error.</summary>
    private const string TraceVariable = "BYOL_TRACE";

    /// <summary>Parses, runs, and turns every error into one line: value, rule, remedy.</summary>
    public static int Run(Command root, string[] args)
    {
        FirstRank.Appoint();
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : RenamedOptions.Current(args), Configuration);
        if (parsed.Errors.Count > 0)
        {
            FirstRank.Say($"{Problem(parsed)} See byol {string.Concat(Path(parsed))}--help.");
            return FirstRank.Leave(WrongInput);
        }
        try
        {
            FirstRank.Require([.. Path(parsed).Select(word => word.Trim())]);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception thrown)
        {
            var e = thrown is AggregateException several ? several.GetBaseException() : thrown;   // of a parallel loop over images
            FirstRank.Say($"{Printable.Line(ToolWords.Of(OneLine(e.Message)))}{Advice(e)}");
            if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 }) Console.Error.WriteLine(e);
            return FirstRank.Leave(
                e is DatasetException or RecipeException or RunDirectoryException or ArgumentException or InvalidDataException
                    ? WrongInput
                    : Failed);
        }
    }

    private static string Advice(Exception e) => e switch
    {
        TorchUnavailableException => " See byol doctor.",
        NumericsException => " See byol doctor --numerics.",
        _ when IsOutOfMemory(e) => " Use a smaller --batch-size, or --set training.micro_batches=N.",
        _ => "",
    };

    private static bool IsOutOfMemory(Exception e) =>
        e is OutOfMemoryException
        || (e is System.Runtime.InteropServices.ExternalException && e.Message.Contains("memory", StringComparison.OrdinalIgnoreCase));

    // An unknown word is the cause of all else that the parser misses.
    private static string Problem(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..]) return OneLine(parsed.Errors[0].Message).TrimEnd('.') + ".";
        var command = parsed.CommandResult.Command;
        var known = (word.StartsWith('-') ? command.Options.Select(o => o.Name) : command.Subcommands.Select(c => c.Name)).ToList();
        return $"{word} is not known{(known.Count > 0 ? NearestName.Suggest(word, known) : ".")}";
    }

    // The parser's own messages go over several lines and name .NET types; libtorch's have its stack behind them.
    private static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split("\nException raised from")[0]
            .Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Split(" as expected type")[0];
    }

    private static IEnumerable<string> Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var at = parsed.CommandResult; at.Parent is CommandResult parent; at = parent) names.Push(at.Command.Name);
        return names.Select(n => n + " ");
    }
}
