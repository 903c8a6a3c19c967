namespace Byol.Cli.Terminal;

/// <summary>What was typed under a former name, for one version.</summary>
internal static class RenamedOptions
{
    private static readonly Dictionary<string, string> Now = new() { ["--on-nan"] = "--on-non-finite", ["--neighbours"] = "--neighbors" };

    /// <summary>The arguments under their present names; a warning for each that had another.</summary>
    public static string[] Current(string[] args) => [.. args.Select(Current)];

    private static string Current(string argument)
    {
        var parts = argument.Split('=', 2);
        if (!Now.TryGetValue(parts[0], out var current)) return argument;
        Warnings.Print($"{parts[0]} is now called {current}; the old name will be refused in the next version.");
        return string.Join('=', [current, .. parts[1..]]);
    }
}
