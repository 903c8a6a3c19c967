using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Cli.Machine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Distributed;
using Byol.Interop;
using Byol.Models;
using TorchSharp;

namespace Byol.Cli.Commands;

/// <summary>byol doctor: what works on this machine and what does not, line by line.</summary>
internal static class Doctor
{
    private const int MostFaults = 10;

    // Works is null for what may be absent.
    private sealed record Finding(bool? Works, string Subject, string Text);

    public static Command Create()
    {
        var json = Output.Json();
        var numerics = new Option<bool>(NumericsProcess.Whole)
        {
            Description = "Compute all layers of all encoders, forward and backward, and compare them with fp64: at most 15 minutes."
        };
        var from = new Option<int?>(NumericsProcess.From) { Hidden = true };
        var command = new Command("doctor", "Say what works on this machine and what does not.") { numerics, json, from };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(from) is { } first)
            {
                NumericsProcess.Work(parsed.GetValue(numerics), first);
                return ExitCodes.Done;
            }
            var findings = Examine(parsed.GetValue(numerics)).ToList();
            Output.Write(parsed.GetValue(json), new { findings }, string.Concat(findings.Select(f =>
                $"{f.Works switch { true => "ok  ", false => "FAIL", null => "-   " }}  {f.Subject,-17}  {f.Text}\n")));
            return findings.All(f => f.Works != false) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static IEnumerable<Finding> Examine(bool wholeNumerics)
    {
        yield return new Finding(true, "system",
            $"byol {Version(typeof(Doctor))}, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}");
        var libtorch = Libtorch();
        yield return libtorch;
        var processes = Processes();        // which gives each rank its threads
        var cpu = Processor.Current;
        yield return new Finding(true, "processor",
            $"{Environment.ProcessorCount} cores; "
            + $"{Has("AVX2", cpu.Avx2)}, {Has("AVX512", cpu.Avx512)}, {Has("BF16", cpu.Bf16)}, {Has("AMX", cpu.Amx)}");
        yield return Views();
        yield return new Finding(true, "memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB");
        if (libtorch.Works == true)
        {
            yield return TorchRuntime.KeepsHandlesAlive
                ? new Finding(true, "TorchSharp", "woven: the garbage collector waits for libtorch's calls")
                : new Finding(null, "TorchSharp",
                    "not woven: hold every Scalar in a variable, or build without ByolWeavesTorchSharp=false");
            yield return MatrixMultiply();
            yield return Caches();
            foreach (var finding in Numerics(wholeNumerics)) yield return finding;
            yield return AutomaticPrecision(cpu);
            yield return new Finding(true, "threads", $"{torch.get_num_threads()} for libtorch");
            yield return torch.cuda.is_available()
                ? new Finding(true, "gpu", $"{torch.cuda.device_count()} CUDA device(s)")
                : new Finding(null, "gpu", "none found; for the CUDA build set TorchBackend=cuda in the environment and leave it set");
        }
        yield return processes;
        yield return Codecs();
        var catalog = DatasetCatalog.FromEnvironment();
        foreach (var folder in catalog.Folders)
        {
            yield return new Finding(Directory.Exists(folder), "data",
                Directory.Exists(folder)
                    ? $"{folder} (BYOL_DATA)"
                    : $"{folder} is named in BYOL_DATA and does not exist; correct the variable");
        }
        yield return new Finding(true, "cache", catalog.Cache);
        foreach (var known in KnownDataset.All)
        {
            yield return catalog.Locate(known) is { } path
                ? new Finding(true, known.Name, path)
                : new Finding(null, known.Name, $"not on this machine; byol data get {known.Name}");
        }
    }

    private static Finding Processes()
    {
        if (Ranks.Current.Count > 1)
        {
            try
            {
                var hosts = Ranks.Current.Hosts.Zip(Ranks.Current.Cores).GroupBy(rank => rank.First, rank => rank.Second);
                var layout = hosts.Select(h => $"{h.Count()} on {h.Key}, cores {string.Join(" and ", h.Distinct())}");
                return new Finding(true, "ranks", $"{Ranks.Current.Count} by {Ranks.Current.Library}: {string.Join("; ", layout)}");
            }
            catch (InvalidOperationException e)
            {
                return new Finding(false, "ranks", e.Message);
            }
        }
        var libraries = Mpi.Installed().ToList();
        var root = libraries.Any(l => l.StartsWith("Open MPI", StringComparison.Ordinal)) && Mpirun.RefusesUser
            ? $"; for root, {Mpirun.RootRemedy}" : "";
        return libraries.Count > 0
            ? new Finding(true, "ranks", $"a process by itself; mpirun can start several: {string.Join("; ", libraries)}{root}")
            : new Finding(null, "ranks", "a process by itself; no MPI library was found (Debian: apt-get install openmpi-bin)");
    }

    private static Finding Libtorch()
    {
        try
        {
            TorchRuntime.Initialize();
            var how = TorchRuntime.RepairedLibrary is { } copy
                ? $"; libstdc++ is older than TorchSharp's, so a repaired copy is in use: {copy}"
                : "";
            return new Finding(true, "libtorch", $"TorchSharp {TorchRuntime.TorchSharpVersion}, libtorch {torch.__version__}{how}");
        }
        catch (TorchUnavailableException e)
        {
            return new Finding(false, "libtorch", e.Message);
        }
    }

    private static Finding AutomaticPrecision(Processor cpu)
    {
        var device = TorchRuntime.DefaultDevice;
        var loses = device.type == DeviceType.CPU && cpu.Bf16 && !cpu.GainsFromBf16;
        return new Finding(true, "precision", $"{Precision.Auto.ComputeType(device)} (auto on {device.type})"
            + (loses ? ": bf16 takes longer here, without AMX" : ""));
    }

    private static Finding Views()
    {
        try
        {
            return new Finding(true, "view kernels",
                $"{KernelSet.Current().Name} ({KernelSet.Variable} forces one of {string.Join(", ", KernelSet.All.Select(s => s.Name))})");
        }
        catch (ArgumentException e)
        {
            return new Finding(false, "view kernels", e.Message);
        }
    }

    private static Finding MatrixMultiply()
    {
        using var identity = torch.eye(3);
        using var product = identity.mm(identity);
        return new Finding(product.allclose(identity), "matrix multiply", "3 x 3 identity times itself");
    }

    private static Finding Caches() => OneDnnCaches.View switch
    {
        CacheView.Seen => new Finding(true, "caches", "oneDNN sees them"),
        CacheView.Guessed => new Finding(true, "caches", "hidden by this machine; oneDNN assumes 32 KiB, 512 KiB and 1 MiB"),
        _ => new Finding(null, "caches", "hidden by this machine, and oneDNN cannot be corrected; "
            + "1x1 convolutions are computed as matrix products"),
    };

    // A few seconds of it at each call, so that a fault is not met first by a run.
    private static IEnumerable<Finding> Numerics(bool isWhole)
    {
        var progress = CountProgress.OnStandardError("layers");
        var result = NumericsProcess.Run(isWhole, isWhole ? TimeSpan.FromMinutes(15) : TimeSpan.FromSeconds(5),
            (done, all, faults) => { if (isWhole) progress.Report(done, all, $"{faults} wrong"); });
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{result.Checked:N0} of {result.All:N0} layers, forward and backward, against fp64; "
                + $"the largest deviation is {result.Largest:P0} "
            + $"of what rounding explains{(isWhole ? "" : $"; byol doctor {NumericsProcess.Whole} checks the others")}");
        yield return new Finding(
            result.Checked == 0 ? null : result.Faults.Count == 0, "numerics",
            result.Faults.Count == 0 ? text : $"{result.Faults.Count:N0} wrong of {text}");
        foreach (var fault in result.Faults.Take(MostFaults)) yield return new Finding(false, "numerics", fault);
    }

    private static Finding Codecs()
    {
        var failed = ImageSamples.All.Where(s => !Decodes(s.Bytes)).Select(s => s.Format).ToList();
        return new Finding(failed.Count == 0, "image codecs",
            failed.Count == 0
                ? $"SkiaSharp {Version(typeof(SkiaSharp.SKCodec))}; {string.Join(", ", ImageSamples.All.Select(s => s.Format))} decode"
                : $"{string.Join(", ", failed)} do not decode; restore SkiaSharp's native library: dotnet restore");
    }

    private static bool Decodes(byte[] bytes)
    {
        try
        {
            return ImageDecoder.Decode(bytes, "sample") is { Width: > 0, Height: > 0 };
        }
        catch (Exception e) when (e is InvalidDataException or DllNotFoundException or TypeInitializationException)
        {
            return false;
        }
    }

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "of an unknown version";

    private static string Has(string feature, bool present) => present ? feature : $"no {feature}";
}
