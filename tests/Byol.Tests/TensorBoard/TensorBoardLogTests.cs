using System.Text.Json;
using Byol.Data.Images;
using Byol.Runs;
using Byol.TensorBoard;
using Byol.Tests.Web;

namespace Byol.Tests.TensorBoard;

/// <summary>What TensorBoard is given, read by a reader of the format that shares no line with the writer.</summary>
public sealed class TensorBoardLogTests : IDisposable
{
    private const string Python = "/usr/bin/python3", Protoc = "/usr/bin/protoc";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_reader_finds_every_figure_and_every_checksum()
    {
        var run = new MadeRun(_folder["run"]);
        using (var log = new TensorBoardLog(run.Folder))
        {
            log.Receive(new StepRecord(1, 0, 9, 9, 9, 9, 9, 9, 9));      // before the run begins: not its own
            log.Receive(new PlanRecord(0, 100, 100, 10, 5, "Float32"));
            log.Receive(new StepRecord(10, 1, 1.5, 0.25, 0.99, 0.875, 128, 0.125, 3));
            log.Receive(new KnnRecord(10, 1, 0.5, 4) { Probe = 0.75 });
            log.Receive(new DiagnosisRecord(10, 1, 20, 0.5, 0.25, -3, 5));
            log.Receive(new AlarmRecord(10, "why"));
            log.Receive(new StepRecord(5_000_000_000, 1, double.NaN, 0, 0, 0, 0, 0, 3));
        }
        var events = Read(Assert.Single(EventFiles(run)));
        Assert.Equal("brain.Event:2", events[0].GetProperty("version").GetString());
        var png = Made.Png(64);
        Assert.Equal([64, 64, png.Length], events[1].GetProperty("views").EnumerateArray().Take(3).Select(v => v.GetInt32()));
        Assert.Equal(1, events[2].GetProperty("status").GetInt32());
        var expected = new Dictionary<string, double>
        {
            ["training/loss"] = 1.5, ["training/learning_rate"] = 0.25, ["training/embedding_std"] = 0.875, ["speed/images_per_second"] = 128,
            ["speed/data_wait"] = 0.125, ["training/epoch"] = 1,
        };
        Assert.All(expected, e => Assert.Equal(e.Value, events[3].GetProperty(e.Key).GetDouble()));
        Assert.Equal(0.5, events[4].GetProperty("evaluation/knn").GetDouble());
        Assert.Equal(0.75, events[4].GetProperty("evaluation/probe").GetDouble());
        Assert.False(events[4].TryGetProperty("evaluation/linear", out _));
        Assert.Equal(-3, events[5].GetProperty("evaluation/uniformity").GetDouble());
        Assert.Equal(5_000_000_000, events[6].GetProperty("step").GetInt64());
        Assert.Equal(7, events.Count);
        Assert.All(events, e => Assert.InRange(e.GetProperty("time").GetDouble(), 1.7e9, 1e10));
    }

    [Fact]
    public void A_resumed_run_says_from_where_in_a_file_of_its_own()
    {
        var run = new MadeRun(_folder["run"]);
        foreach (var step in (long[])[0, 40])
        {
            using var log = new TensorBoardLog(run.Folder);
            log.Receive(new PlanRecord(step, 100, 100, 10, 5, "Float32"));
        }
        var starts = EventFiles(run).Select(Read).Select(events => events.Single(e => e.TryGetProperty("status", out _)));
        Assert.Equal([0, 40], starts.Select(s => s.GetProperty("step").GetInt64()).Order());
    }

    [Fact]
    public void The_projector_is_given_embeddings_and_names()
    {
        var run = new MadeRun(_folder["run"]).Embeddings(12, i => $"{i}\t\"x\"\n.png", step: 30);
        using (var log = new TensorBoardLog(run.Folder)) log.Receive(new PlanRecord(0, 100, 100, 10, 5, "Float32"));
        var config = File.ReadAllText(Path.Combine(run.Folder, "projector_config.pbtxt"));
        Assert.Contains("tensor_path: \"projector.tensors.tsv\"", config, StringComparison.Ordinal);
        var rows = File.ReadAllLines(Path.Combine(run.Folder, "projector.tensors.tsv"));
        var names = File.ReadAllLines(Path.Combine(run.Folder, "projector.names.tsv"));
        Assert.Equal((12, 13), (rows.Length, names.Length));
        Assert.All(rows, r => Assert.Equal(16, r.Split('\t').Length));
        Assert.All(names, n => Assert.Equal(2, n.Split('\t').Length));
    }

    [Fact]
    public void The_projector_is_given_a_sheet_of_pictures_in_the_order_of_the_rows()
    {
        var run = new MadeRun(_folder["run"]).Embeddings(7, i => $"{i}.png", step: 30);
        using (var log = new TensorBoardLog(run.Folder)) log.Receive(new PlanRecord(0, 100, 100, 10, 5, "Float32"));
        var config = File.ReadAllText(Path.Combine(run.Folder, "projector_config.pbtxt"));
        Assert.Matches(@"sprite \{\s+image_path: ""projector.sprite.png""\s+single_image_dim: 64\s+single_image_dim: 64\s+\}", config);
        var sheet = ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(run.Folder, "projector.sprite.png")), "sprite");
        Assert.Equal((3 * 64, 3 * 64), (sheet.Width, sheet.Height));
        var thumbnails = SnapshotThumbnails.Read(run.Folder, 7)!;
        for (var i = 0; i < 9; i++)
        {
            // Thumbnails of 16 px stand in the middle of their places; places of none are white.
            var tile = i < 7 ? ImageDecoder.Decode(thumbnails[i].ToArray(), "tile") : default;
            for (var y = 0; y < 16; y++)
            {
                var row = sheet.Pixels.Span.Slice(((i / 3 * 64 + 24 + y) * sheet.Width + i % 3 * 64 + 24) * 3, 16 * 3);
                if (i < 7) Assert.True(row.SequenceEqual(tile.Pixels.Span.Slice(y * 16 * 3, 16 * 3)), $"tile {i}, row {y}");
                else Assert.Equal(-1, row.IndexOfAnyExcept((byte)255));
            }
        }
    }

    [Fact]
    public void Sheets_of_views_come_ever_more_seldom()
    {
        var run = new MadeRun(_folder["run"]);
        using (var log = new TensorBoardLog(run.Folder))
        {
            log.Receive(new PlanRecord(0, 100, 100, 10, 5, "Float32"));
            for (var i = 1; i <= 9; i++)
            {
                File.WriteAllBytes(RunDirectory.ViewsIn(run.Folder), Made.Png(16 + i));
                File.SetLastWriteTimeUtc(RunDirectory.ViewsIn(run.Folder), DateTime.UtcNow.AddSeconds(i));
                log.Receive(new DiagnosisRecord(10 * i, i, 20, 0.5, 0.25, -3, 5));
            }
        }
        var pictures = Read(Assert.Single(EventFiles(run))).Where(e => e.TryGetProperty("views", out _))
            .Select(e => (e.GetProperty("step").GetInt64(), e.GetProperty("views")[0].GetInt32()));
        Assert.Equal([(0, 64), (10, 17), (20, 18), (40, 20), (80, 24)], pictures);
    }

    [Fact]
    public void Protocol_buffers_own_compiler_reads_every_message()
    {
        Assert.SkipWhen(!File.Exists(Protoc), $"No {Protoc} here: apt-get install --no-install-recommends protobuf-compiler");
        var run = new MadeRun(_folder["run"]);
        using (var log = new TensorBoardLog(run.Folder))
        {
            log.Receive(new PlanRecord(40, 100, 100, 10, 5, "Float32"));
            log.Receive(new StepRecord(5_000_000_000, 1, 1.5, 0.25, 0.99, 0.875, 128, 0.125, 3));
        }
        var messages = Records(File.ReadAllBytes(Assert.Single(EventFiles(run)))).Select(Decoded).ToList();
        Assert.Equal(3, messages.Count);
        Assert.Contains("3: \"brain.Event:2\"", messages[0], StringComparison.Ordinal);
        Assert.Matches(@"^1: 0x41[0-9a-f]+\s+2: 40\s+7 \{\s+1: 1\s+\}\s*$", messages[1]);
        Assert.Contains("2: 5000000000", messages[2], StringComparison.Ordinal);
        Assert.Matches(@"5 \{\s+1 \{\s+1: ""training/loss""\s+2: 0x3fc00000\s+\}", messages[2]);      // 1.5
        Assert.Equal(7, messages[2].Split("training/").Length - 1 + messages[2].Split("speed/").Length - 1);
    }

    // Length, checksum, content, checksum; the checksums are checked by tfevents.py.
    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length; at += BitConverter.ToInt32(file, at) + 16)
            yield return file[(at + 12)..(at + 12 + BitConverter.ToInt32(file, at))];
    }

    private string Decoded(byte[] message)
    {
        File.WriteAllBytes(_folder["message"], message);
        var (code, output, error) = Programs.Run("/bin/sh", "-c", $"{Protoc} --decode_raw < '{_folder["message"]}'");
        Assert.True(code == 0, error);
        return output;
    }

    private static string[] EventFiles(MadeRun run) => Directory.GetFiles(run.Folder, "events.out.tfevents.*");

    private List<JsonElement> Read(string file)
    {
        Assert.SkipWhen(!File.Exists(Python), $"No {Python} here, which reads the file.");
        var reader = Path.Combine(Repository.Root, "tests", "oracle", "tfevents.py");
        var (code, _, error) = Programs.Run(Python, reader, file, _folder["events.json"]);
        Assert.True(code == 0, error);
        // Python writes NaN, which JSON does not have.
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["events.json"]).Replace("NaN", "null", StringComparison.Ordinal));
        return [.. json.RootElement.EnumerateArray().Select(e => e.Clone())];
    }
}
