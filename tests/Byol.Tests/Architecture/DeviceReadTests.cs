using System.Text.RegularExpressions;

namespace Byol.Tests.Architecture;

/// <summary>Reading from a GPU waits until it has done all earlier work. So the code of a step reads in one place, and each place where other
/// code reads is listed here.</summary>
public sealed partial class DeviceReadTests
{
    private static readonly string[] Folders = ["Method", "Optim", "Models"];

    // Places in each file.
    private static readonly SortedDictionary<string, int> Known = new(StringComparer.Ordinal)
    {
        ["Method/ReadTogether.cs"] = 1,         // of a GPU's step
        ["Method/ReadAtOnce.cs"] = 1,           // of a processor's
        ["Method/EmbeddingSpread.cs"] = 2,      // for that, and for diagnostics between epochs
        ["Method/Finite.cs"] = 3,               // for that, and to name what is at fault
        ["Optim/Muon.cs"] = 1,                  // before the first step
        ["Evaluation/OnlineProbe.cs"] = 1,      // scores, between epochs
    };

    [Fact]
    public void The_code_of_a_step_reads_in_one_place()
    {
        var source = Path.Combine(Repository.Root, "src", "Byol");
        string[] others = ["Interop/ViewStaging.cs", "Interop/ViewTensors.cs", "Evaluation/OnlineProbe.cs", "Evaluation/Standardization.cs"];
        var files = Folders.SelectMany(f => Directory.GetFiles(Path.Combine(source, f), "*.cs", SearchOption.AllDirectories))
            .Concat(others.Select(f => Path.Combine(source, f)));
        var found = files.ToDictionary(f => Path.GetRelativePath(source, f).Replace('\\', '/'), f => Read().Count(File.ReadAllText(f)));
        Assert.Equal(Known, new SortedDictionary<string, int>(found.Where(f => f.Value > 0).ToDictionary(), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("var x = loss.cpu();")]
    [InlineData("loss.item<float>()")]
    [InlineData("values.to(ScalarType.Float32, CPU)")]
    [InlineData("count.ToDouble()")]
    public void A_read_is_found(string line) => Assert.Matches(Read(), line);

    [GeneratedRegex(@"\.cpu\(\)|\.item<|\.To(Single|Double|Int32|Int64|Boolean)\(|\.to\([^()]*\bCPU\)|\.nonzero\(")]
    private static partial Regex Read();
}
