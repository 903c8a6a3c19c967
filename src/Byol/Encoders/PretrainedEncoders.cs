using Byol.Data.Datasets;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>Encoders that others trained, by name. Each is downloaded once, checked, and kept as safetensors beside the text of its
/// license.</summary>
public static class PretrainedEncoders
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);
    private const string Torchvision = "https://download.pytorch.org/models/";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PretrainedEncoder> All { get; } =
    [
        new("imagenet-resnet18",
            "ML.NET's image featurizer: ResNet-18 with one more block in its last stage, trained on ImageNet's 1000 classes; "
                + "60 MB from NuGet",
            "MIT", "https://www.nuget.org/packages/Microsoft.ML.DnnImageFeaturizer.ResNet18/0.23.1",
            "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f")
        {
            Package = new ModelPackage("Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1",
                "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx", ["LICENSE", "THIRD-PARTY-NOTICES.TXT"]),
            Input = ModelInput.MlNet,
            Weights = "fd1ac19484e3bcd8486efcc9e1083d51f9a2bb43171915d268a1b930798e9062",
        },
        OfTorchvision("torchvision-resnet18", "resnet18", "f37072fd", "ResNet-18 (V1); 47 MB"),
        OfTorchvision("torchvision-resnet34", "resnet34", "b627a593", "ResNet-34 (V1); 87 MB"),
        OfTorchvision("torchvision-resnet50", "resnet50", "0676ba61", "ResNet-50 (V1); 103 MB"),
        OfTorchvision("torchvision-resnet50-v2", "resnet50", "11ad3fa6", "ResNet-50 (V2, a longer training); 103 MB"),
    ];

    /// <summary>The encoder of a name, or null.</summary>
    /// <param name="name">A name, in any case.</param>
    public static PretrainedEncoder? Find(string name) => All.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The path of an encoder on this machine, or null: in <c>encoders</c> of a folder that <c>BYOL_DATA</c> lists, or of the
    /// cache.
    /// </summary>
    /// <param name="known">The encoder.</param>
    public static string? Locate(PretrainedEncoder known) => Store().Locate(known);

    /// <summary>The text of an encoder's license, which lies beside it; null if the encoder is not on this machine.</summary>
    /// <param name="known">The encoder.</param>
    public static string? LicenseText(PretrainedEncoder known) =>
        Locate(known) is { } path && File.Exists(EncoderStore.LicenseBeside(path)) ? File.ReadAllText(EncoderStore.LicenseBeside(path))
            : null;

    /// <summary>Downloads an encoder into the cache, unless it is on this machine already.</summary>
    /// <param name="known">The encoder.</param>
    /// <param name="progress">Receives the address, the bytes so far, and the bytes in all (0 if the server does not say).</param>
    /// <param name="cancellation">Cancels; no partial file keeps a final name.</param>
    /// <returns>Its file, which <see cref="EncoderFile.Open"/> opens.</returns>
    /// <exception cref="IOException">It cannot be downloaded.</exception>
    /// <exception cref="InvalidDataException">The download differs from the published file.</exception>
    public static async Task<string> Get(
        PretrainedEncoder known, Action<string, long, long>? progress = null, CancellationToken cancellation = default)
    {
        using var http = new HttpClient { Timeout = Patience };
        return await Store().Get(known, http, NuGetFeeds.OfThisMachine(http), progress ?? ((_, _, _) => { }), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Opens an encoder, and downloads it first if it is not on this machine.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="device">The device for it; the processor if null.</param>
    /// <exception cref="ArgumentException">No encoder has this name.</exception>
    /// <exception cref="IOException">It cannot be downloaded.</exception>
    /// <exception cref="InvalidDataException">The download differs from the published file, or the file was damaged since.</exception>
    public static OpenedEncoder Open(string name, Device? device = null)
    {
        var known = Find(name)
            ?? throw new ArgumentException($"Encoder {name} is not known{NearestName.Suggest(name, All.Select(e => e.Name))}");
        return EncoderFile.Open(Get(known).GetAwaiter().GetResult(), device ?? CPU);
    }

    private static PretrainedEncoder OfTorchvision(string name, string file, string digits, string about) =>
        new(name, $"torchvision's {about.Split(';')[0]}, trained on ImageNet's 1000 classes;{about.Split(';')[1]}", "BSD-3-Clause",
            $"{Torchvision}{file}-{digits}.pth", digits);

    private static EncoderStore Store()
    {
        var places = DatasetCatalog.FromEnvironment();
        return new EncoderStore(places.Folders, places.Cache);
    }
}
