namespace Byol.Faults;

/// <summary>Where what is broken on purpose lies: in memory, where the system has such a place.</summary>
internal static class Scratch
{
    private static int _number;

    /// <summary>Makes a folder of its own.</summary>
    public static string New(string name)
    {
        var place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = $"byol-{name}-{Environment.ProcessId}-{Interlocked.Increment(ref _number)}";
        return Directory.CreateDirectory(Path.Combine(place, folder)).FullName;
    }
}
