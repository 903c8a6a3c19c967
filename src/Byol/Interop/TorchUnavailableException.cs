namespace Byol.Interop;

/// <summary>libtorch could not be loaded on this machine.</summary>
public sealed class TorchUnavailableException(string message, Exception inner) : Exception(message, inner);
