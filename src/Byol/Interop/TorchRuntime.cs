using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using TorchSharp;

namespace Byol.Interop;

/// <summary>Finds and loads libtorch, and says where computation happens.</summary>
/// <remarks>
/// TorchSharp's native library needs a newer libstdc++ than Debian 12 and Ubuntu 22.04 have. On such systems only, the ordinary load fails
/// and the runtime asks this class, which loads a repaired copy (<see cref="NativeRepair"/>). It listens as soon as any type of this
/// library is used. A program that calls TorchSharp earlier must call <see cref="Initialize"/> first.
/// </remarks>
public static class TorchRuntime
{
    private const string NativeName = "LibTorchSharp";

    /// <summary>The path of the repaired copy of TorchSharp's native library, or null if the original loads.</summary>
    internal static string? RepairedLibrary { get; private set; }

    /// <summary>Loads libtorch now rather than at first use, and switches its NNPACK off for the process.</summary>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded; the message says why and what to do.</exception>
    internal static void Initialize()
    {
        try
        {
            using var probe = torch.empty(1);
            Nnpack.SwitchOff();
            _ = OneDnnCaches.View;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            var cause = e.GetBaseException().Message.Split('\n')[0].TrimEnd('\r', '.');   // TorchSharp appends a page of trace
            throw new TorchUnavailableException(
                $"libtorch does not load ({cause}); the program needs the libtorch package of its operating system beside Byol, "
                    + "such as libtorch-cpu-linux-x64 2.10.0.",
                e);
        }
    }

    /// <summary>The device that training runs on: the first GPU of a CUDA build, the processor otherwise.</summary>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static torch.Device DefaultDevice
    {
        get
        {
            Initialize();
            return torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        }
    }

    // Reason for CA2255's suppression: this must stand before TorchSharp's static constructor runs, whichever of our types a
    // library user touches first; no constructor of ours can promise that.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255",
        Justification = "Must run before TorchSharp's own static constructor.")]
    internal static void BeforeTorchLoads()
    {
        OpenMp.SpinShortly();
        _ = Allocator.KeepFreed();
        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name == NativeName ? LoadRepaired() : IntPtr.Zero;
        }
    }

    private static IntPtr LoadRepaired()
    {
        if (FindNative() is not { } original) return IntPtr.Zero;
        var folder = Path.GetDirectoryName(original)!;
        foreach (var dependency in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            if (!NativeLibrary.TryLoad(Path.Combine(folder, dependency), out _)) return IntPtr.Zero;
        }

        var bytes = File.ReadAllBytes(original);
        if (!NativeRepair.TryRepair(bytes)) return IntPtr.Zero;
        foreach (var cache in CacheFolders())
        {
            if (TryStore(cache, bytes) is not { } path || !NativeLibrary.TryLoad(path, out var handle)) continue;
            RepairedLibrary = path;
            return handle;
        }
        return IntPtr.Zero;
    }

    private static string? FindNative()
    {
        var listed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] beside = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")];
        return listed.Concat(beside).Select(d => Path.Combine(d, $"lib{NativeName}.so")).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> CacheFolders()
    {
        var own = Environment.GetEnvironmentVariable("BYOL_CACHE");
        if (!string.IsNullOrEmpty(own)) yield return own;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0) yield return Path.Combine(home, ".cache", "byol");
        if (PrivateTemporaryFolder() is { } temporary) yield return temporary;
    }

    // For a user without a home folder. A library is loaded from there, so no other user may own the folder or write to it.
    private static string? PrivateTemporaryFolder()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var path = Path.Combine(Path.GetTempPath(), $"byol-{Environment.UserName}");
        if (OperatingSystem.IsWindows()) return null;
        Directory.CreateDirectory(path, OwnerOnly);
        return File.GetUnixFileMode(path) == OwnerOnly ? path : null;
    }

    // The name is the content's digest and the write is a rename, so that several processes may start at the same time.
    private static string? TryStore(string cache, byte[] bytes)
    {
        var path = Path.Combine(cache, "native", Convert.ToHexStringLower(SHA256.HashData(bytes))[..16], $"lib{NativeName}.so");
        try
        {
            if (File.Exists(path) && bytes.AsSpan().SequenceEqual(File.ReadAllBytes(path))) return path;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether the loaded TorchSharp is the copy that Byol's build writes, in which Scalars and Tensors live until the native
    /// calls that use them have returned.</summary>
    /// <remarks>Where it is false, another thread's garbage collection may free an implicit Scalar (<c>t.add_(1)</c>,
    /// <c>a + b</c>) under the running operator: hold each in a <c>using</c> variable, or build without <c>ByolWeavesTorchSharp=false</c>.</remarks>
    public static bool KeepsHandlesAlive =>
        typeof(torch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(a => a.Key == "Byol.KeepsHandlesAlive");

    /// <summary>The version of the TorchSharp assembly that is loaded.</summary>
    internal static string TorchSharpVersion =>
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
