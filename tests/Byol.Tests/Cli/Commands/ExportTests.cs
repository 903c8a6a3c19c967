using System.Text.Json;
using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol export of a run, in every format.</summary>
[Collection(CommandLine.Name)]
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _run;

    public ExportTests()
    {
        (_images, _run) = (Made.Images(_folder["images"], 32), _folder["run"]);
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_ONNX_file_is_checked_and_has_its_card()
    {
        var path = _folder["new/model.onnx"];
        var (code, output, error) = CommandLine.Run("export", _run, "--to", "onnx", "--out", path, "--data", _images);
        Assert.True(code == 0, error);
        Assert.All((string[])["model.onnx", "model.json", "64 dimensions", "largest relative difference", "32 images of noise"],
            w => Assert.Contains(w, output));
        using var card = JsonDocument.Parse(File.ReadAllBytes(_folder["new/model.json"]));
        Assert.Equal("[\"batch\",3,16,16]",
            card.RootElement.GetProperty("input").GetProperty("shape").GetRawText().Replace(" ", "").ReplaceLineEndings(""));
        Assert.Contains("epochs = 2", card.RootElement.GetProperty("recipe").GetString());
        Assert.InRange(card.RootElement.GetProperty("checked").GetProperty("largest").GetDouble(), 0, 1e-4);
        using var encoder = EncoderFile.Open(Path.Combine(_run, "encoder.safetensors"), CPU);
        Assert.Equal(encoder.Description.Weights, card.RootElement.GetProperty("weights_sha256").GetString());
        Assert.Equal(["model.json", "model.onnx"], Directory.GetFiles(_folder["new"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_bundled_images_are_the_check_where_none_are_named()
    {
        var (code, output, error) = CommandLine.Run("export", _run, "--out", _folder["model.onnx"], "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        Assert.Contains("fashion-mnist-10k", json.RootElement.GetProperty("parity").GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("encoder.safetensors")]
    [InlineData("net.pt")]
    public void Weights_come_back_the_same(string file)
    {
        var (code, output, error) = CommandLine.Run("export", _run, "--out", _folder[file]);
        Assert.True(code == 0, error);
        Assert.Contains("read back: the same weights", output);
        using var before = EncoderFile.Open(Path.Combine(_run, "encoder.safetensors"), CPU);
        using var after = EncoderFile.Open(_folder[file], CPU);
        Assert.Equal(before.Description.ToMetadata(), after.Description.ToMetadata());
        TensorAssert.Unchanged(TensorAssert.Snapshot(EncoderFile.Tensors(before.Network)), EncoderFile.Tensors(after.Network));
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line_and_leave_nothing()
    {
        var path = _folder["out/model.onnx"];
        CommandLine.Refuses(["export", _run, "--out", _folder["model.bin"]], "model.bin must end in .safetensors, .pt, .pth, .onnx");
        CommandLine.Refuses(["export", _run, "--to", "onnx", "--out", _folder["e.pt"]], "e.pt must end in .onnx for onnx");
        CommandLine.Refuses(["export", _run, "--to", "onyx", "--out", path], "Format onyx is not known; did you mean onnx?");
        CommandLine.Refuses(["export", _folder["none"], "--out", path], "does not exist");
        CommandLine.Refuses(["export", _run, "--out", path, "--data", _folder["none"]], "does not exist");
        CommandLine.Refuses(["export", _run, "--out", _folder["e.safetensors"], "--data", _images],
            "does not go with --format safetensors");
        CommandLine.Refuses(["export", _run, "--out", Path.Combine(_images, "0000.png", "e.safetensors")], "cannot be written");
        Made.File(_folder["bad/x.png"], [1, 2, 3]);
        CommandLine.Refuses(["export", _run, "--out", path, "--data", _folder["bad"]], "x.png");
        Assert.False(Directory.Exists(_folder["out"]) && Directory.EnumerateFiles(_folder["out"]).Any());
    }
}
