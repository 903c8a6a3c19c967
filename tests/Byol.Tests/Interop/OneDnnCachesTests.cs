using System.Globalization;
using Byol.Interop;
using Byol.Models.Numerics;
using Byol.Tests.Cli;
using static TorchSharp.torch;
using X86 = System.Runtime.Intrinsics.X86;

namespace Byol.Tests.Interop;

/// <summary>Machines that hide their caches, made of one that does not: a full ResNet-50 trains and exports there.</summary>
[Collection(CommandLine.Name)]
public sealed class OneDnnCachesTests
{
    private static readonly uint[] Hidden = [1, 1, 1];

    [Theory]
    [InlineData("guessed")]
    [InlineData("hidden")]
    public void A_ResNet_50_trains_and_its_export_agrees_with_ONNX_Runtime(string view)
    {
        RequireRecord();
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 16);
        Succeeds("pretrain", "--data", images, "--out", folder["run"], "--recipe", "quickstart", "--encoder", "resnet50x1", "--epochs", "1",
            "--batch-size", "8", "--image-size", "32", "--set", "method.projector_hidden=64", "--set", "training.loader_threads=1");
        Assert.Contains("largest relative difference",
            Succeeds("export", folder["run"], "--out", folder["model.onnx"], "--data", images), StringComparison.Ordinal);

        string Succeeds(params string[] arguments)
        {
            var (code, output, error) = Programs.Verb(OneDnnCaches.Variable, view, arguments);
            Assert.True(code == 0, $"{string.Join(' ', arguments)}: {code}\n{output}\n{error}");
            return output;
        }
    }

    // The negative control: were it not so, the two tests above would show nothing. Of oneDNN's kernels those for AVX-512 are wrong.
    [Theory]
    [InlineData("seen", false)]
    [InlineData("guessed", false)]
    [InlineData("hidden", true)]
    public void OneDnns_own_convolution_is_wrong_where_the_caches_are_hidden_and_only_there(string view, bool isWrong)
    {
        RequireRecord();
        var (code, output, error) = Programs.In(typeof(Byol.Faults.Trials.FaultRow).Assembly, OneDnnCaches.Variable, view, "caches");
        Assert.True(code == 0, error);
        Assert.StartsWith(view, output, StringComparison.OrdinalIgnoreCase);
        var difference = double.Parse(output.Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.Equal(isWrong && X86.Avx512F.IsSupported, difference > NumericsCheck.Tolerance(ScalarType.Float32));
    }

    [Fact]
    public void The_record_is_known_by_all_of_its_numbers()
    {
        uint[] record = [1, 1, 1, .. new uint[7], 1, 2, 16, .. new uint[7], 3];
        Assert.True(OneDnnCaches.IsRecord(record, Hidden));
        for (var i = 0; i < record.Length; i++)
        {
            var other = (uint[])record.Clone();
            other[i] = i is 10 or 11 or 12 ? 0u : 7u;     // the three in the middle are how many cores share a cache
            Assert.False(OneDnnCaches.IsRecord(other, Hidden), $"number {i}");
        }
    }

    [Fact]
    public void Where_the_caches_are_seen_nothing_is_changed()
    {
        RequireRecord();
        TorchRuntime.Initialize();
        Assert.Equal(CacheView.Seen, OneDnnCaches.View);
    }

    private static void RequireRecord() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && X86.X86Base.IsSupported && X86.X86Base.CpuId(0, 0).Ecx == 0x444d4163
            && X86.X86Base.CpuId(unchecked((int)0x8000001D), 0).Ebx != 0,
        "Only on Linux and an AMD processor that shows its caches can they be hidden from oneDNN.");
}
