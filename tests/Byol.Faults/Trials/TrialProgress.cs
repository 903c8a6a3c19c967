namespace Byol.Faults.Trials;

/// <summary>A line that shows how far something is, in a terminal: a log would keep every state of it.</summary>
internal static class TrialProgress
{
    /// <summary>Shows the line in place of the one before.</summary>
    /// <param name="text">How far it is.</param>
    public static void Show(string text)
    {
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r{text}   ");
    }

    /// <summary>Ends the line.</summary>
    public static void End()
    {
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
    }
}
