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
    public void Auto_takes_bfloat16_where_the_hardware_has_it()
    {
        var processor = Processor.Current;
        Assert.Equal(processor.Bf16 || processor.Amx ? ScalarType.BFloat16 : ScalarType.Float32, Precision.Auto.ComputeType(CPU));
        Assert.Equal(ScalarType.BFloat16, Precision.Auto.ComputeType(new Device("cuda:0")));
        Assert.Equal(ScalarType.Float32, Precision.Auto.ComputeType(new Device("mps")));
    }
}
