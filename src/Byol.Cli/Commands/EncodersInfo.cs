using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol encoders info: what an encoder is; of one that is known by name also where it comes from, and what its license says.
/// </summary>
internal static class EncodersInfo
{
    public static Command Create()
    {
        var encoder = NamedEncoder.Argument("A name from byol encoders list, a run, or an encoder's file.");
        var settings = new FileSettings();
        var json = Output.Json();
        var command = new Command("info", "What an encoder is, where it comes from, and its license.") { encoder, json };
        settings.AddTo(command);
        command.SetAction(parsed =>
        {
            var typed = parsed.GetValue(encoder)!;
            var known = NamedEncoder.Find(typed);
            var path = known is null ? EncoderInput.Path(typed) : PretrainedEncoders.Locate(known);
            var description = path is null ? null : Describe(path, settings.Of(parsed));
            var license = known is null ? null : PretrainedEncoders.LicenseText(known);
            var result = new
            {
                known?.Name, known?.About, known?.Url, known?.Sha256, path, known?.License, licenseText = license,
                architecture = description?.Architecture.ToString(), dimension = description?.Architecture.RepresentationSize,
                preprocessing = description?.Preprocessing, weightsSha256 = description?.Weights,
            };
            var source = known is null ? $"{path}\n" : Published(known, path);
            Output.Write(parsed.GetValue(json), result,
                source + (description is null ? "" : Text(description)) + (license is null ? "" : $"\n{license.Trim()}\n"));
            return ExitCodes.Done;
        });
        return command;
    }

    // A model is run, other files are weights; what was found in those of other programs is printed on standard error.
    private static EncoderDescription Describe(string path, FileSaid said)
    {
        if (EncoderInput.IsOnnx(path))
        {
            using var model = EncoderInput.OpenOnnx(path, said, notice: true);
            return model.Description;
        }
        using var opened = EncoderInput.OpenWeights(path, said, CPU).Opened;
        return opened.Description;
    }

    private static string Published(PretrainedEncoder known, string? path) =>
        $"{known.Name}: {known.About}\n  published     {known.Url}\n"
        + $"  sha256        {known.Sha256}{(known.Sha256.Length < 64 ? "…" : "")}\n"
        + $"  license       {known.License}\n  file          {path ?? $"not on this machine: byol encoders get {known.Name}"}\n";

    private static string Text(EncoderDescription description) => string.Create(CultureInfo.InvariantCulture,
        $"  architecture  {description.Architecture}\n  embeddings    {description.Architecture.RepresentationSize} dimensions\n"
        + $"  images        {description.Preprocessing}\n  weights       sha256 {description.Weights}\n");
}
