using Byol.Encoders;
using Byol.Export;
using static TorchSharp.torch;

namespace Byol.Cli.Exports;

/// <summary>Weights under torchvision's names, read back after writing.</summary>
internal static class WeightsExport
{
    public static Exported Write(string path, string format, OpenedEncoder opened)
    {
        CheckedFile.Write(path, Write, written =>
        {
            using var again = EncoderFile.Open(written, CPU);
            if (again.Description.Weights != opened.Description.Weights)
                throw new InvalidOperationException($"{path} came back with other weights and was removed; check the disk.");
        });
        return new Exported(path, format, opened.Description.Architecture.RepresentationSize, opened.Description.Weights!);

        void Write(Stream stream)
        {
            if (format == ExportFormat.PyTorch) EncoderWriter.WritePyTorch(stream, opened.Network, opened.Description);
            else EncoderWriter.Write(stream, opened.Network, opened.Description);
        }
    }
}
