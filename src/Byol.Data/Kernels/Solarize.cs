namespace Byol.Data.Kernels;

/// <summary>Inverts bright values.</summary>
public static class Solarize
{
    /// <summary>Inverts every value from a threshold on, in place.</summary>
    /// <param name="view">Values in [0,1].</param>
    /// <param name="threshold">The smallest value that is inverted.</param>
    public static void Apply(Span<float> view, float threshold)
    {
        for (var i = 0; i < view.Length; i++) view[i] = view[i] >= threshold ? 1 - view[i] : view[i];
    }
}
