using Byol.Encoders;
using Byol.Export;

namespace Byol.Cli.Exports;

/// <summary>Weights under torchvision's names.</summary>
internal static class WeightsExport
{
    public static Exported Write(string path, string format, OpenedEncoder opened)
    {
        EncoderWriter.Save(path, opened, forPyTorch: format == ExportFormat.PyTorch);
        return new Exported(path, format, opened.Description.Architecture.RepresentationSize, opened.Description.Weights!);
    }
}
