using System.Globalization;
using System.Text;
using Byol.Data.Images;
using Byol.Runs;

namespace Byol.TensorBoard;

/// <summary>What TensorBoard's projector reads in a run's folder: tables of vectors and names, a sheet of small images, and which belongs to
/// which.</summary>
internal static class Projector
{
    private const string Vectors = "projector.tensors.tsv", Names = "projector.names.tsv", Sprite = "projector.sprite.png";

    /// <summary>Writes the files.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="embeddings">Its embeddings.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(string run, EmbeddingSnapshot embeddings)
    {
        var values = embeddings.ToSingle();
        WriteText(Vectors, output =>
        {
            for (var i = 0; i < embeddings.Count; i++)
            {
                output.WriteLine(string.Join('\t', Enumerable.Range(i * embeddings.Dimension, embeddings.Dimension)
                    .Select(at => values[at].ToString("G4", CultureInfo.InvariantCulture))));
            }
        });
        WriteText(Names, output =>
        {
            var labeled = embeddings.Labels.Count > 0;
            if (labeled) output.WriteLine("name\tlabel");     // one column alone has no heading
            for (var i = 0; i < embeddings.Count; i++)
                output.WriteLine(Cell(embeddings.Names[i]) + (labeled ? $"\t{Cell(embeddings.Labels[i])}" : ""));
        });
        var sprite = "";
        if (SnapshotThumbnails.Read(run, embeddings.Count) is { Count: > 0 } thumbnails)
        {
            var (sheet, tile) = SpriteSheet.Draw(thumbnails);
            RunDirectory.Write(Path.Combine(run, Sprite), stream => stream.Write(ImageEncoder.Png(sheet)));
            sprite = $"  sprite {{\n    image_path: \"{Sprite}\"\n    single_image_dim: {tile}\n    single_image_dim: {tile}\n  }}\n";
        }
        WriteText("projector_config.pbtxt", output => output.Write(
            $"embeddings {{\n  tensor_name: \"step {embeddings.Step}\"\n  tensor_path: \"{Vectors}\"\n  metadata_path: \"{Names}\"\n{sprite}}}\n"));

        void WriteText(string name, Action<TextWriter> write) => RunDirectory.Write(Path.Combine(run, name), stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            write(text);
        });
    }

    private static string Cell(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
