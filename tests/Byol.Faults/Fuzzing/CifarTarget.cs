using System.Text;
using Byol.Data.Datasets;

namespace Byol.Faults.Fuzzing;

/// <summary>CIFAR's binary files, of ten and of a hundred classes, and the list of class names beside the latter.</summary>
internal sealed class CifarTarget : IFuzzTarget
{
    private const string Ten = "data_batch_1.bin", Hundred = "train.bin", Names = "fine_label_names.txt";

    private readonly byte[] _ten = Records(labels: 1), _hundred = Records(labels: 2);
    private readonly byte[] _names = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"class {i}\n")));

    public string Name => "cifar";

    public void Prepare(string folder) => File.WriteAllBytes(Path.Combine(folder, $"sound-{Hundred}"), _hundred);

    public FuzzInput Mutate(Random random) => random.Next(8) switch
    {
        < 4 => new FuzzInput(Ten, Repaired(random, Mutation.Damage(random, _ten, _hundred, 2), 3073)),
        < 7 => new FuzzInput(Hundred, Repaired(random, Mutation.Damage(random, _hundred, _ten, 2), 3074)),
        _ => new FuzzInput(Names, Mutation.Damage(random, _names, _ten, 100)),
    };

    public void Read(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var file = Path.GetFileName(path);
        if (file != Names) File.Delete(Path.Combine(folder, Names));
        IdxTarget.ReadAll(file switch
        {
            Ten => Cifar.Ten(path, [path]),
            Hundred => Cifar.Hundred(path, path),
            _ => Cifar.Hundred(path, Path.Combine(folder, $"sound-{Hundred}")),
        });
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    // Half of the damaged files are cut to whole records: otherwise hardly any would get beyond the check of the length.
    private static byte[] Repaired(Random random, byte[] bytes, int record) =>
        random.Next(2) == 0 ? bytes : bytes[..(bytes.Length / record * record)];

    private static byte[] Records(int labels)
    {
        var bytes = new byte[2 * (labels + 3072)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i % 10);
        return bytes;
    }
}
