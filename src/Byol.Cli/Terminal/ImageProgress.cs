using System.Globalization;
using Byol.Data.Datasets;

namespace Byol.Cli.Terminal;

/// <summary>Work on one image after another, on standard error: a live bar on a terminal, one line per interval otherwise.</summary>
internal sealed class ImageProgress(TextWriter output, bool terminal, int width, TimeProvider clock)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10), BarInterval = TimeSpan.FromMilliseconds(100);
    private const int FiguresWidth = 70, LongestBar = 24;
    private readonly long _start = clock.GetTimestamp();
    private long _last;

    /// <summary>Standard error as it is.</summary>
    public static ImageProgress OnStandardError() => Console.IsErrorRedirected
        ? new ImageProgress(Console.Error, false, 0, TimeProvider.System)
        : new ImageProgress(Console.Error, true, Math.Max(40, Console.WindowWidth), TimeProvider.System);

    /// <summary>Work that always begins with the first image.</summary>
    /// <param name="done">Images done.</param>
    /// <param name="total">Of so many.</param>
    /// <param name="bytes">What has become of them.</param>
    public void Report(int done, int total, long bytes) => Report(new PackProgress(done, 0, total, bytes));

    public void Report(PackProgress at)
    {
        if (at.Done == at.Kept)
        {
            var goesOn = string.Create(CultureInfo.InvariantCulture, $"Resuming: {at.Kept:N0} of {at.Total:N0} images are packed.");
            if (at.Kept > 0) output.WriteLine(goesOn);
            _last = clock.GetTimestamp();
            return;
        }
        if (at.Done < at.Total && clock.GetElapsedTime(_last) < (terminal ? BarInterval : LineInterval)) return;
        _last = clock.GetTimestamp();
        var (done, rate) = ((double)at.Done / at.Total, (at.Done - at.Kept) / Math.Max(1e-3, clock.GetElapsedTime(_start).TotalSeconds));
        var left = TimeSpan.FromSeconds((at.Total - at.Done) / rate);
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"{done,4:P0}  {(int)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2} left  "
            + $"{at.Done:N0} of {at.Total:N0} images  {rate:F1} images/s  {at.Bytes / 1e6:N1} MB");
        if (!terminal)
        {
            output.WriteLine(figures);
            return;
        }
        var bar = Math.Clamp(width - FiguresWidth, 0, LongestBar);
        var filled = (int)(done * bar);
        var line = $"{new string('━', filled)}{new string('─', bar - filled)}{figures}";
        output.Write($"\r{(line.Length < width ? line : line[..(width - 1)])}\x1b[K{(at.Done == at.Total ? "\n" : "")}");
    }
}
