using System.Runtime.InteropServices;

namespace Byol.Tests.Interop;

/// <summary>An error as TorchSharp throws libtorch's.</summary>
internal sealed class LibtorchError(string message) : ExternalException(message);
