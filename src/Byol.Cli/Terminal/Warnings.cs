namespace Byol.Cli.Terminal;

/// <summary>Warnings on standard error.</summary>
internal static class Warnings
{
    public static void Print(string message) => Console.Error.WriteLine(Line(message));

    /// <summary>What is worth knowing and no mistake.</summary>
    public static void Note(string message) => Console.Error.WriteLine($"note: {Printable.Line(ToolWords.Of(message))}");

    public static string Line(string message) => $"warning: {Printable.Line(ToolWords.Of(message))}";
}
