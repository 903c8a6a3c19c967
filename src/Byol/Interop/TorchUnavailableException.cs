namespace Byol.Interop;

/// <summary>libtorch could not be loaded on this machine.</summary>
public sealed class TorchUnavailableException : Exception
{
    internal TorchUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}
