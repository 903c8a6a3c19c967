using System.Runtime.CompilerServices;
using Byol.Interop;

namespace Byol.Tests;

/// <summary>Loads libtorch by way of Byol before any test, in whatever order they run, can touch TorchSharp first.</summary>
internal static class NativeLoading
{
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.Initialize();
}
