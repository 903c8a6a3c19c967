using System.Formats.Tar;
using System.IO.Compression;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>Zipped tars: damaged before they are zipped, or after.</summary>
internal sealed class GzipTarget : IFuzzTarget
{
    private readonly byte[] _tar = Archive(), _zipped;

    public GzipTarget() => _zipped = Zipped(_tar);

    public string Name => "gzip";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random) => new("x.tar.gz", random.Next(3) == 0
        ? Zipped(Mutation.Damage(random, _tar, _zipped, _tar.Length))
        : Mutation.Damage(random, _zipped, _tar, 20));

    public void Read(string path)
    {
        using var data = new WebDataset(path, [path]);
        IdxTarget.ReadAll(data);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException or DatasetException;

    private static byte[] Archive()
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, leaveOpen: true))
        {
            var image = ImageEncoder.Png(new Image8(new byte[2 * 2 * 3], 2, 2));
            foreach (var (name, content) in ((string, byte[])[])[("a.png", image), ("a.cls", "3"u8.ToArray()), ("b.png", image)])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return memory.ToArray();
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(bytes);
        return memory.ToArray();
    }
}
