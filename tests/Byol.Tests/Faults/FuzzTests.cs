using Byol.Faults.Fuzzing;

namespace Byol.Tests.Faults;

/// <summary>Thousands of damaged files through every reader; <c>tests/faults/run --only fuzz</c> has the millions.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string, int> Readers => new()
    {
        { "safetensors", 3000 }, { "encoder", 60 }, { "idx", 3000 }, { "cifar", 2000 }, { "tar", 2000 }, { "recipe", 1000 },
        { "pack", 2000 }, { "tiff", 2000 }, { "zip", 1500 }, { "gzip", 1500 },
    };

    [Fact]
    public void Every_reader_is_among_them() => Assert.Equal(Targets.All.Select(t => t.Name), Readers.Select(r => r.Data.Item1));

    [Theory]
    [MemberData(nameof(Readers))]
    public void Damaged_files_are_read_or_refused_by_name(string reader, int count)
    {
        using var folder = new TemporaryFolder();
        using var fuzzer = new Fuzzer(Targets.All.Single(t => t.Name == reader), folder["failures"]);
        var result = fuzzer.Run(0, count, _ => { });
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures.Select(f => $"seed {f.Seed}: {f.What}")));
        Assert.Equal(count, result.Inputs);
        Assert.InRange(result.Rejected, 1, count - 1);   // both kinds are there
    }

    [Fact]
    public void A_seed_makes_the_same_file_again() => Assert.All(Targets.All, target =>
    {
        var (first, again, other) = (target.Mutate(new Random(5)), target.Mutate(new Random(5)), target.Mutate(new Random(6)));
        Assert.Equal(first.File, again.File);
        Assert.Equal(first.Bytes, again.Bytes);
        Assert.NotEqual(first.Bytes, other.Bytes);
    });

    [Theory]
    [InlineData("throws", "InvalidOperationException")]
    [InlineData("is silent about the file", "does not name the file")]
    [InlineData("takes memory", "were allocated")]
    public void A_reader_that_breaks_the_rules_is_found_out(string how, string found)
    {
        using var folder = new TemporaryFolder();
        using var fuzzer = new Fuzzer(new BrokenReader(how), folder["failures"]);
        var failure = Assert.Single(fuzzer.Run(7, 1, _ => { }).Failures);
        Assert.Equal(7, failure.Seed);
        Assert.Contains(found, failure.What);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder[Path.Combine("failures", "broken-7-x")]));
    }

    private sealed class BrokenReader(string how) : IFuzzTarget
    {
        public string Name => "broken";

        public void Prepare(string folder)
        {
        }

        public FuzzInput Mutate(Random random) => new("x", [1, 2, 3]);

        public void Read(string path)
        {
            if (how == "throws") throw new InvalidOperationException();
            if (how != "takes memory") throw new InvalidDataException("something is wrong somewhere");
            GC.KeepAlive(new byte[Fuzzer.MostMemory + 1000]);
        }

        public bool IsRefusal(Exception e) => e is InvalidDataException;
    }
}
