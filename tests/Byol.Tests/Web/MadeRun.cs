using System.Globalization;
using System.Text;
using Byol.Runs;

namespace Byol.Tests.Web;

/// <summary>A run folder that tests write by hand, line by line.</summary>
internal sealed class MadeRun
{
    public MadeRun(string folder, string recipe = "[training]\nepochs = 10\nbatch_size = 10\n", int images = 100)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        File.WriteAllText(RunDirectory.RecipeIn(Folder), recipe);
        File.WriteAllText(RunDirectory.DataIn(Folder), $"{{\"count\":{images.ToString(CultureInfo.InvariantCulture)}}}");
        File.WriteAllBytes(RunDirectory.ViewsIn(Folder), Made.Png(64));
    }

    public string Folder { get; }

    public string Log => RunDirectory.MetricsIn(Folder);

    /// <summary>Writes lines of steps, with an evaluation after every tenth.</summary>
    public MadeRun Steps(int first, int last, double offset = 0)
    {
        var lines = new StringBuilder();
        for (var step = first; step <= last; step++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""
                {"kind":"step","step":{{step}},"epoch":{{step / 10.0}},"loss":{{offset + 4.0 / step}},"learning_rate":0.1,"tau":0.99,"embedding_std":0.9,"images_per_second":100,"data_wait":0.01,"seconds":{{step / 10.0}}}
                """).Append('\n');
            if (step % 10 != 0) continue;
            lines.Append(CultureInfo.InvariantCulture, $$"""
                {"kind":"diagnosis","step":{{step}},"epoch":{{step / 10.0}},"effective_rank":{{10 + step}},"representation_std":0.8,"alignment":0.4,"uniformity":-2.5,"seconds":{{step / 10.0}}}
                {"kind":"knn","step":{{step}},"epoch":{{step / 10.0}},"knn":{{0.5 + 0.002 * step}},"seconds":{{step / 10.0}}}
                """).Append('\n');
        }
        File.AppendAllText(Log, lines.ToString());
        return this;
    }

    /// <summary>Writes embeddings and thumbnails as training does.</summary>
    public MadeRun Embeddings(int count, Func<int, string> name, long step = 10)
    {
        const int dimension = 16;
        var values = Maps.Clouds.Make(count, dimension, 4);
        new EmbeddingSnapshot(
            step, step / 10.0, "made", dimension, Array.ConvertAll(values, v => (Half)v), [.. Enumerable.Range(0, count).Select(name)],
            [.. Enumerable.Range(0, count).Select(i => $"class {i % 4}")]).Write(Folder);
        SnapshotThumbnails.Write(Folder, [.. Enumerable.Range(0, count).Select(i => Byol.Data.Images.ImageEncoder.Jpeg(Made.Image(16, i)))]);
        return this;
    }
}
