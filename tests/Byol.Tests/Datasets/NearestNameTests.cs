using Byol.Data.Datasets;
using CsCheck;

namespace Byol.Tests.Datasets;

public sealed class NearestNameTests
{
    private static readonly Gen<string> Word = Gen.String[Gen.Char["abc"], 0, 7];

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("cifar10", "cifar10", 0)]
    [InlineData("CIFAR10", "cifar10", 0)]
    [InlineData("cifar", "cifar10", 2)]
    [InlineData("cifra10", "cifar10", 2)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("intention", "execution", 5)]
    [InlineData("flaw", "lawn", 2)]
    public void Distance_counts_changes(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));

    [Fact]
    public void Distance_is_symmetric() =>
        Gen.Select(Word, Word).Sample((a, b) => NearestName.Distance(a, b) == NearestName.Distance(b, a), iter: 500);

    [Fact]
    public void Distance_is_0_for_equal_words_only() =>
        Gen.Select(Word, Word).Sample((a, b) => NearestName.Distance(a, b) == 0 == (a == b), iter: 500);

    [Fact]
    public void Distance_never_exceeds_a_detour() =>
        Gen.Select(Word, Word, Word).Sample((a, b, c) =>
            NearestName.Distance(a, c) <= NearestName.Distance(a, b) + NearestName.Distance(b, c), iter: 500);

    [Fact]
    public void Distance_lies_between_the_difference_of_lengths_and_the_longer_length() => Gen.Select(Word, Word).Sample(
        (a, b) => NearestName.Distance(a, b) >= Math.Abs(a.Length - b.Length)
            && NearestName.Distance(a, b) <= Math.Max(a.Length, b.Length), iter: 500);

    [Fact]
    public void Distance_is_that_of_the_recursive_definition() =>
        Gen.Select(Gen.String[Gen.Char["ab"], 0, 5], Gen.String[Gen.Char["ab"], 0, 5]).Sample((a, b) =>
            NearestName.Distance(a, b) == Slow(a, b), iter: 200);

    [Theory]
    [InlineData("cifar", "cifar10", "did you mean cifar10?")]
    [InlineData("Cifar-10", "cifar10", "did you mean cifar10?")]
    [InlineData("slt10", "stl10", "did you mean stl10?")]
    [InlineData("imagenet", "", "known are cifar10, stl10, fashion-mnist.")]
    [InlineData("", "", "known are cifar10, stl10, fashion-mnist.")]
    public void Suggest_names_the_nearest_or_all(string name, string nearest, string message)
    {
        var suggestion = NearestName.Suggest(name, ["cifar10", "stl10", "fashion-mnist"]);
        Assert.Equal($"; {message}", suggestion);
        Assert.Contains(nearest, suggestion);
    }

    [Theory]
    [InlineData("lin", "linear")]
    [InlineData("linear-s", "linear-sgd")]
    [InlineData("--output", "--out")]
    [InlineData("--valid", "--validation")]
    [InlineData("finetuning", "finetune")]
    public void Suggest_knows_beginnings(string name, string meant) => Assert.Equal(
        $"; did you mean {meant}?",
        NearestName.Suggest(name, ["knn", "linear-sgd", "linear", "finetune", "--out", "--data", "--validation", "--on-non-finite"]));

    [Fact]
    public void Suggest_works_where_nothing_is_known() => Assert.Equal("; known are .", NearestName.Suggest("x", []));

    private static int Slow(string a, string b) => a.Length == 0 ? b.Length : b.Length == 0 ? a.Length
        : Math.Min(Slow(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1), Math.Min(Slow(a[1..], b), Slow(a, b[1..])) + 1);
}
