namespace Byol.Encoders;

/// <summary>A NuGet package and the files of it that are used.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Model">The ONNX model in it.</param>
/// <param name="Notices">The license texts in it.</param>
internal sealed record ModelPackage(string Id, string Version, string Model, IReadOnlyList<string> Notices);

/// <summary>An encoder that others trained, known by name.</summary>
public sealed class PretrainedEncoder
{
    internal PretrainedEncoder(string name, string about, string license, string url, string sha256) =>
        (Name, About, License, Url, Sha256) = (name, about, license, url, sha256);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>One line: what it is, what it was trained on, how much is downloaded.</summary>
    public string About { get; }

    /// <summary>The license of its weights, as an SPDX identifier.</summary>
    public string License { get; }

    /// <summary>Where it is published.</summary>
    public string Url { get; }

    /// <summary>SHA-256 of the published weights, in lower case: all 64 digits, or only the first digits if no more are
    /// published.</summary>
    public string Sha256 { get; }

    /// <summary>SHA-256 of its converted tensors (<see cref="WeightsDigest"/>); null if it is not known beforehand.</summary>
    internal string? Weights { get; init; }

    /// <summary>The package that it comes in; null if <see cref="Url"/> is its file.</summary>
    internal ModelPackage? Package { get; init; }

    /// <summary>The input of the model in the package.</summary>
    internal ModelInput Input { get; init; } = ModelInput.ImageNet;
}
