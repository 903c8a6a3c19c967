using Byol.Data.Datasets;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Datasets;

public sealed class ComposedNameTests
{
    [Fact]
    public void Letters_and_marks_compose_as_Unicode_says()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var answer = Oracle.Ask("compositions.py", [("nothing", tensor(new float[] { 0 }))])["compositions"];
        var rows = answer.data<int>().ToArray().Chunk(3).ToList();
        Assert.InRange(rows.Count, 1000, 2000);
        Assert.All(rows, row => Assert.Equal($"{(char)row[2]}", ComposedName.Of($"{(char)row[0]}{(char)row[1]}")));
        Assert.All(rows, row => Assert.Equal($"{(char)row[2]}", ComposedName.Of($"{(char)row[2]}")));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Gru\u0308n", "Gr\u00fcn")]
    [InlineData("e\u0323\u0302", "\u1ec7")]
    [InlineData("\u0308", "\u0308")]
    [InlineData("b\u0308", "b\u0308")]
    [InlineData("\ud83d\udc15", "\ud83d\udc15")]
    [InlineData("", "")]
    public void Names_are_composed(string name, string composed) => Assert.Equal(composed, ComposedName.Of(name));
}
