namespace Byol.Maps;

/// <summary>Where points lie on a plane.</summary>
/// <param name="X">[N].</param>
/// <param name="Y">[N].</param>
internal sealed record Places(double[] X, double[] Y);
