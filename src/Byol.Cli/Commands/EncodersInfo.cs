using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol encoders info: what an encoder is, where it comes from, and what its license says.</summary>
internal static class EncodersInfo
{
    public static Command Create()
    {
        var name = NamedEncoder.Argument();
        var json = Output.Json();
        var command = new Command("info", "What an encoder is, where it comes from, and its license.") { name, json };
        command.SetAction(parsed =>
        {
            var known = NamedEncoder.Require(parsed.GetValue(name)!);
            var path = PretrainedEncoders.Locate(known);
            using var opened = path is null ? null : EncoderFile.Open(path, CPU);
            var (description, license) = (opened?.Description, PretrainedEncoders.LicenseText(known));
            var result = new
            {
                known.Name, known.About, known.Url, known.Sha256, path, known.License, licenseText = license,
                architecture = description?.Architecture.ToString(), dimension = description?.Architecture.RepresentationSize,
                preprocessing = description?.Preprocessing, weightsSha256 = description?.Weights,
            };
            Output.Write(parsed.GetValue(json), result, Text(known, path, description) + (license is null ? "" : $"\n{license.Trim()}\n"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Text(PretrainedEncoder known, string? path, EncoderDescription? description)
    {
        var text = $"{known.Name}: {known.About}\n  published     {known.Url}\n"
            + $"  sha256        {known.Sha256}{(known.Sha256.Length < 64 ? "…" : "")}\n"
            + $"  license       {known.License}\n  file          {path ?? $"not on this machine: byol encoders get {known.Name}"}\n";
        if (description is null) return text;
        return text + string.Create(CultureInfo.InvariantCulture,
            $"  architecture  {description.Architecture}\n  embeddings    {description.Architecture.RepresentationSize} dimensions\n"
            + $"  images        {description.Preprocessing}\n"
            + $"  weights       sha256 {description.Weights}\n");
    }
}
