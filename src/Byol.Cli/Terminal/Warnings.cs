namespace Byol.Cli.Terminal;

/// <summary>Warnings on standard error.</summary>
internal static class Warnings
{
    public static void Print(string message) => Console.Error.WriteLine(Line(message));

    public static string Line(string message) => $"warning: {ToolWords.Of(message)}";
}
