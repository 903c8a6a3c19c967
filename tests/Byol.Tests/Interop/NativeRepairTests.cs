using Byol.Interop;
using TorchSharp;

namespace Byol.Tests.Interop;

public sealed class NativeRepairTests
{
    private static readonly Lazy<byte[]?> Original = new(() =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).FirstOrDefault() is { } file
            ? File.ReadAllBytes(file) : null);

    [Fact]
    public void The_repair_changes_three_table_entries_and_nothing_else()
    {
        var (original, repaired) = (TorchSharps(), TorchSharps().ToArray());
        Assert.True(NativeRepair.TryRepair(repaired));
        var changed = Enumerable.Range(0, original.Length).Count(i => original[i] != repaired[i]);
        Assert.InRange(changed, 3, 8);   // a flag of two bytes, a name offset of four, a version index of two
    }

    [Fact]
    public void A_repaired_file_needs_no_repair()
    {
        var repaired = TorchSharps().ToArray();
        NativeRepair.TryRepair(repaired);
        var again = repaired.ToArray();
        Assert.False(NativeRepair.TryRepair(again));
        Assert.Equal(repaired, again);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void A_file_cut_short_is_left_alone(int length)
    {
        var cut = TorchSharps()[..length];
        var before = cut.ToArray();
        Assert.False(NativeRepair.TryRepair(cut));
        Assert.Equal(before, cut);
    }

    [Fact]
    public void A_file_of_another_kind_is_left_alone() => Assert.False(NativeRepair.TryRepair("MZ, a Windows program"u8.ToArray()));

    [Fact]
    public void Libtorch_is_loaded_and_computes()
    {
        TorchRuntime.Initialize();
        using var identity = torch.eye(5);
        using var product = identity.mm(identity);
        Assert.True(product.allclose(identity));
    }

    private static byte[] TorchSharps()
    {
        Assert.SkipWhen(Original.Value is null, "TorchSharp's library for Linux is not on this system.");
        return Original.Value;
    }
}
