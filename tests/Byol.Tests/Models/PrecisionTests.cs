using Byol.Interop;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

public sealed class PrecisionTests
{
    [Theory]
    [InlineData(Precision.Float32, ScalarType.Float32)]
    [InlineData(Precision.BFloat16, ScalarType.BFloat16)]
    public void What_is_asked_for_is_given(Precision precision, ScalarType expected)
    {
        Assert.Equal(expected, precision.ComputeType(CPU));
        Assert.Equal(expected, precision.ComputeType(new Device("cuda:0")));
        Assert.Equal(expected, precision.ComputeType(new Device("mps")));
    }

    [Fact]
    public void Auto_takes_bfloat16_where_it_is_faster()
    {
        Assert.Equal(Processor.Current.GainsFromBf16 ? ScalarType.BFloat16 : ScalarType.Float32, Precision.Auto.ComputeType(CPU));
        Assert.Equal(ScalarType.BFloat16, Precision.Auto.ComputeType(new Device("cuda:0")));
        Assert.Equal(ScalarType.Float32, Precision.Auto.ComputeType(new Device("mps")));
    }

    [Theory]
    [InlineData(true, true, true, true)]        // Intel with AMX
    [InlineData(true, false, true, false)]      // Intel whose AMX a virtual machine hides: dot products at half the speed of fp32
    [InlineData(false, false, true, false)]     // Intel before both
    [InlineData(true, false, false, true)]      // AMD
    [InlineData(false, false, false, false)]
    public void Bfloat16_is_faster_with_tiles_or_with_the_dot_products_of_amd(bool dots, bool tiles, bool isIntel, bool isFaster) =>
        Assert.Equal(isFaster, new Processor(true, true, dots, tiles, isIntel).GainsFromBf16);
}
