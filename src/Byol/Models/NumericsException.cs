namespace Byol.Models;

/// <summary>libtorch computes a layer wrongly on this processor, and there is no way round it.</summary>
public sealed class NumericsException(string message) : Exception(message);
