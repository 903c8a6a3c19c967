namespace Byol.Maps;

/// <summary>Work on one row after another: on all processors if there is enough of it, since threads cost more than few rows do.</summary>
internal static class Rows
{
    private const int Few = 2000;

    /// <summary>How many parts may be worked on at the same time.</summary>
    /// <param name="count">N.</param>
    public static int Parts(int count) => count < Few ? 1 : Environment.ProcessorCount;

    /// <summary>Does it.</summary>
    /// <param name="count">N.</param>
    /// <param name="work">Is given each row.</param>
    public static void For(int count, Action<int> work)
    {
        if (count >= Few)
        {
            Parallel.For(0, count, work);
            return;
        }
        for (var i = 0; i < count; i++) work(i);
    }
}
