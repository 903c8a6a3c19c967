namespace Byol.Cli.Terminal;

/// <summary>Work in stages that count different things, on standard error.</summary>
internal sealed class StageProgress
{
    private string? _things;
    private CountProgress? _stage;

    /// <summary>Shows the progress.</summary>
    /// <param name="things">What is counted.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">Of so many.</param>
    public void Report(string things, int done, int total)
    {
        if (_things != things) (_things, _stage) = (things, CountProgress.OnStandardError(things));
        _stage!.Report(done, total, "");
    }
}
