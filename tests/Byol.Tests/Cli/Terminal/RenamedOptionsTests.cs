using Byol.Cli.Terminal;

namespace Byol.Tests.Cli.Terminal;

[Collection(CommandLine.Name)]
public sealed class RenamedOptionsTests
{
    [Theory]
    [InlineData("--on-nan", "--on-non-finite", "pretrain", "--data", "none", "--out", "none")]
    [InlineData("--neighbours", "--neighbors", "duplicates", "none", "--embeddings", "none")]
    public void A_former_name_is_taken_for_the_present_one_with_a_warning(string former, string present, params string[] arguments)
    {
        foreach (var typed in (string[][])[[former, "7"], [former + "=7"]])
        {
            var (code, _, error) = CommandLine.Run([.. arguments, .. typed]);
            Assert.Equal(ExitCodes.WrongInput, code);
            Assert.StartsWith(
                $"warning: {former} is now called {present}; the old name will be refused in the next version.{Environment.NewLine}byol: ", error);
            Assert.DoesNotContain($"{former} is not known", error);
        }
    }

    [Fact]
    public void Other_arguments_are_left_alone()
    {
        string[] arguments = ["pretrain", "--data", "on-nan", "--set", "training.seed=1"];
        Assert.Equal(arguments, RenamedOptions.Current(arguments));
    }
}
