using System.Runtime.CompilerServices;
using Byol.Interop;

namespace Byol.Tests;

/// <summary>Lets Byol listen for failed loads before any test, in whatever order they run, can touch TorchSharp first.</summary>
internal static class NativeLoading
{
    [ModuleInitializer]
    internal static void Listen() => RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
}
