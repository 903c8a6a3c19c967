namespace Byol.Faults.Fuzzing;

/// <summary>Every reader that is fed damaged files.</summary>
internal static class Targets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new SafetensorsTarget(), new EncoderTarget(), new IdxTarget(), new CifarTarget(), new TarTarget(), new RecipeTarget(),
        new PackTarget(), new TiffTarget(), new ZipTarget(), new GzipTarget()
    ];
}
