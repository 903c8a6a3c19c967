using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Cli.Commands;

/// <summary>byol bench views: how many pairs of views a second this machine makes of some images, by loader threads.</summary>
internal static class BenchViews
{
    private const int MostDecoded = 16;

    private sealed record Loading(int Threads, double ImagesPerSecond, double Milliseconds);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = DataInput.Help, DefaultValueFactory = _ => KnownDataset.BundledName };
        var threads = new Option<int?>("--threads") { Description = "Loader threads; without it 1, 2, 4 … up to the cores." };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Time for each figure, after a warm-up of the same length.",
            DefaultValueFactory = _ => 3
        };
        var json = Output.Json();
        var inputs = new RecipeInputs("folder");
        var command = new Command("views", "Pairs of views per second, as training loads them: read, decoded, rendered.")
        {
            data, threads, seconds, json
        };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(threads) is < 1 or > 1024)
                throw new ArgumentException($"--threads {parsed.GetValue(threads)} must lie between 1 and 1024.");
            if (parsed.GetValue(seconds) is not (> 0 and <= 3600))
                throw new ArgumentException($"--seconds {parsed.GetValue(seconds)} must lie between 0 and 3600.");
            var (recipe, time) = (inputs.Resolve(parsed), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            var images = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!);
            var loader = (parsed.GetValue(threads) is { } one ? [one] : UpToTheCores())
                .Select(n => Load(images, recipe.Views, n, time)).ToList();
            var views = Render(images, recipe.Views, time);
            var kernels = KernelSet.Current().Name;
            Output.Write(parsed.GetValue(json),
                new { data = images.Name, recipe.Views.ImageSize, kernels, ViewsMilliseconds = views, loader },
                Describe(images, recipe.Views, kernels, views, loader));
            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<int> UpToTheCores()
    {
        for (var n = 1; n < Environment.ProcessorCount; n *= 2) yield return n;
        yield return Environment.ProcessorCount;
    }

    private static Loading Load(IDataset images, ViewOptions views, int threads, TimeSpan time)
    {
        var batch = Math.Min(images.Count, 64);
        using var loader = new ViewLoader(images, views, seed: 1, batch, images.Count / batch, threads, firstBatch: 0);
        var perImage = Rate(time, () => loader.Next().Count);
        return new Loading(threads, 1000 / perImage, perImage);
    }

    /// <summary>Milliseconds for the two views of an image that is decoded already, on one thread.</summary>
    private static double Render(IDataset images, ViewOptions views, TimeSpan time)
    {
        var (renderer, sampler) = (new ViewRenderer(views), new ViewSampler(views, seed: 1));
        var decoded = Enumerable.Range(0, images.Count).Select(i => Readable(images, i)).OfType<Image8>().Take(MostDecoded).ToList();
        var view = new float[views.ImageSize * views.ImageSize * Image8.Channels];
        var drawn = 0;
        return Rate(time, () =>
        {
            var image = decoded[drawn % decoded.Count];
            for (var v = 0; v < 2; v++)
                renderer.Render(image, sampler.Sample(image.Width, image.Height, drawn / decoded.Count, drawn % decoded.Count, v), view);
            drawn++;
            return 1;
        });
    }

    // Of too many that cannot be read the loader has complained already.
    private static Image8? Readable(IDataset images, int index)
    {
        try
        {
            return images.Read(index);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }

    // Milliseconds for each of what the work counts, after as long again to warm up.
    private static double Rate(TimeSpan time, Func<int> work)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;) work();
        var (begin, done) = (Stopwatch.GetTimestamp(), 0);
        do done += work();
        while (Stopwatch.GetElapsedTime(begin) < time);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / done;
    }

    private static string Describe(
        IDataset images, ViewOptions views, string kernels, double milliseconds, IReadOnlyList<Loading> loader) =>
        string.Create(CultureInfo.InvariantCulture,
            $"Two {views.ImageSize}-px views per image of {images.Name} ({images.Count:N0} images), kernels {kernels}\n\n")
        + Table.Format(["loader threads", "images/s", "ms per image"],
            [.. loader.Select(l => (IReadOnlyList<string>)
                [$"{l.Threads}", Number(l.ImagesPerSecond, "N0"), Number(l.Milliseconds, "F3")])])
        + string.Create(CultureInfo.InvariantCulture,
            $"\nOne thread alone renders the two views of a decoded image in {milliseconds:F3} ms.\n");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
