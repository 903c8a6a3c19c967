using System.Globalization;

namespace Byol.Evaluation;

/// <summary>When two datasets have the same classes.</summary>
internal static class ClassNames
{
    /// <summary>The names that serve both, or null if the classes differ.</summary>
    /// <remarks>Archives that hold class numbers alone do not say how many classes there are: where their last classes happen to have no
    /// image the list is shorter. So 0 to 8 and 0 to 9 go together; names in words must be equal.</remarks>
    /// <param name="first">Class names in label order.</param>
    /// <param name="second">The other's.</param>
    public static IReadOnlyList<string>? Common(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        if (first.SequenceEqual(second)) return first;
        return AreNumbers(first) && AreNumbers(second) ? (first.Count > second.Count ? first : second) : null;
    }

    private static bool AreNumbers(IReadOnlyList<string> names) =>
        names.Count > 0 && names.Select((name, i) => name == i.ToString(CultureInfo.InvariantCulture)).All(same => same);
}
