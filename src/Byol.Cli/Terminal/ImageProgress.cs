using System.Globalization;

namespace Byol.Cli.Terminal;

/// <summary>Work on one image after another, on standard error: a live bar on a terminal, one line per interval otherwise.</summary>
internal sealed class ImageProgress(TextWriter output, bool terminal, int width, TimeProvider clock)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10), BarInterval = TimeSpan.FromMilliseconds(100);
    private readonly bool _colors = ProgressLine.HasColors(terminal);
    private readonly long _start = clock.GetTimestamp();
    private long _last;

    /// <summary>Standard error as it is.</summary>
    public static ImageProgress OnStandardError() => Console.IsErrorRedirected
        ? new ImageProgress(Console.Error, false, 0, TimeProvider.System)
        : new ImageProgress(Console.Error, true, Math.Max(40, Console.WindowWidth), TimeProvider.System);

    /// <summary>Work that always begins with the first image.</summary>
    /// <param name="done">Images done.</param>
    /// <param name="total">Of so many.</param>
    /// <param name="bytes">The bytes that were made of them.</param>
    public void Report(int done, int total, long bytes) => Report(done, 0, total, bytes);

    /// <summary>Work that may resume that of an earlier run.</summary>
    /// <param name="done">Images done.</param>
    /// <param name="kept">Those that an earlier run did.</param>
    /// <param name="total">Of so many.</param>
    /// <param name="bytes">The bytes that were made of them.</param>
    public void Report(int done, int kept, int total, long bytes)
    {
        if (done == kept)
        {
            var goesOn = string.Create(CultureInfo.InvariantCulture, $"Resuming: {kept:N0} of {total:N0} images are packed.");
            if (kept > 0) output.WriteLine(goesOn);
            _last = clock.GetTimestamp();
            return;
        }
        if (done < total && clock.GetElapsedTime(_last) < (terminal ? BarInterval : LineInterval)) return;
        _last = clock.GetTimestamp();
        var (share, rate) = ((double)done / total, (done - kept) / Math.Max(1e-3, clock.GetElapsedTime(_start).TotalSeconds));
        var left = TimeSpan.FromSeconds((total - done) / rate);
        ProgressFigure[] figures =
        [
            new($"{(int)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2} left", 4), Figure(3, $"{done:N0} of {total:N0} images"),
            Figure(2, $"{rate:F1} images/s"), Figure(1, $"{bytes / 1e6:N1} MB"),
        ];
        if (terminal)
        {
            output.Write($"\r{ProgressLine.Fit(width, share, _colors, figures)}\x1b[K{(done == total ? "\n" : "")}");
            return;
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}") + string.Concat(figures.Select(f => $"  {f.Text}")));
    }

    private static ProgressFigure Figure(int importance, FormattableString text) =>
        new(text.ToString(CultureInfo.InvariantCulture), importance);
}
