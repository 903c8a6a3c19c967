namespace Byol.Models;

/// <summary>libtorch computes a layer wrongly on this processor, whatever way is taken.</summary>
public sealed class NumericsException : Exception
{
    internal NumericsException(string message) : base(message)
    {
    }
}
