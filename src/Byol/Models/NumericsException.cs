namespace Byol.Models;

/// <summary>libtorch computes a layer wrongly on this processor, and no workaround helps.</summary>
public sealed class NumericsException : Exception
{
    internal NumericsException(string message) : base(message)
    {
    }
}
