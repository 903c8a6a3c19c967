namespace Byol.Tests;

/// <summary>Where the repository lies, seen from the tests' output folder.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Byol.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException("Tests must run from within the repository.");
    }
}
