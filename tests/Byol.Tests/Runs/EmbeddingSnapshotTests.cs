using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class EmbeddingSnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static EmbeddingSnapshot Snapshot => new(
        7, 1.25, "photos", 3, [(Half)1, (Half)0, (Half)0, (Half)0, (Half)(-1), (Half)0], ["a/\"1\".png", "b/ß<2>.png"], ["cat", "dog"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        Assert.Null(EmbeddingSnapshot.Read(_folder.Path));
        Snapshot.Write(_folder.Path);
        var read = EmbeddingSnapshot.Read(_folder.Path)!;
        Assert.Equal((7, 1.25, "photos", 3, 2), (read.Step, read.Epoch, read.Data, read.Dimension, read.Count));
        Assert.Equal(Snapshot.Names, read.Names);
        Assert.Equal(Snapshot.Labels, read.Labels);
        Assert.Equal([1, 0, 0, 0, -1, 0], read.ToSingle());
    }

    [Fact]
    public void Other_programs_read_it_as_safetensors()
    {
        Snapshot.Write(_folder.Path);
        using var file = new Byol.TensorFiles.SafetensorsFile(EmbeddingSnapshot.PathIn(_folder.Path));
        Assert.Equal(["embeddings"], file.Names);
        Assert.Equal([1, 0, 0, 0, -1, 0], file.Read("embeddings").to(TorchSharp.torch.ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void A_damaged_file_is_refused_by_name_and_harms_nothing_else()
    {
        Snapshot.Write(_folder.Path);
        var path = EmbeddingSnapshot.PathIn(_folder.Path);
        var whole = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var bytes = whole[..(trial % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (var i = 0; i < trial % 4 && bytes.Length > 0; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            var thrown = Record.Exception(() => EmbeddingSnapshot.Read(_folder.Path)?.ToSingle());
            if (thrown is not null) Assert.Contains(path, Assert.IsType<InvalidDataException>(thrown).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Thumbnails_are_read_where_they_are_of_as_many_images()
    {
        SnapshotThumbnails.Write(_folder.Path, [[1, 2], [], [3]]);
        var read = SnapshotThumbnails.Read(_folder.Path, 3)!;
        Assert.Equal([1, 2], read[0].ToArray());
        Assert.Empty(read[1].ToArray());
        Assert.Equal([3], read[2].ToArray());
        Assert.Null(SnapshotThumbnails.Read(_folder.Path, 2));
        File.WriteAllBytes(SnapshotThumbnails.PathIn(_folder.Path), new byte[40]);
        Assert.Null(SnapshotThumbnails.Read(_folder.Path, 3));
    }
}
