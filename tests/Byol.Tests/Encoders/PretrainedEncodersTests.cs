using System.IO.Compression;
using System.Security.Cryptography;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using Byol.Tests.Export;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>Encoders of others by name: fetched once from a web server or a feed, checked, converted, kept with their license.</summary>
public sealed class PretrainedEncodersTests : IDisposable
{
    private const string Model = "tools/net.onnx", Id = "Some.Encoder", Version = "1.2.3";
    private static readonly ResNetOptions Options = new() { Depth = 18, Width = 0.0625, Blocks = [2, 2, 2, 3] };

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<(string Url, long Done, long Total)> _reports = [];

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Names_are_unique_and_found_in_any_case_and_say_what_they_are()
    {
        Assert.Equal(PretrainedEncoders.All.Count, PretrainedEncoders.All.Select(e =>
            e.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(PretrainedEncoders.All, e =>
        {
            Assert.Same(e, PretrainedEncoders.Find(e.Name.ToUpperInvariant()));
            Assert.StartsWith("https://", e.Url, StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f]{8,64}$", e.Sha256);
            Assert.Contains(e.License, (string[])["MIT", "BSD-3-Clause"]);
            Assert.Contains("MB", e.About, StringComparison.Ordinal);
            // torchvision's files carry the first digits of their digest in their names.
            if (e.Package is null) Assert.EndsWith($"-{e.Sha256}.pth", e.Url, StringComparison.Ordinal);
        });
        var error = Assert.Throws<ArgumentException>(() => PretrainedEncoders.Open("imagenet-resnet81"));
        Assert.Contains("did you mean imagenet-resnet18?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_PyTorch_is_fetched_checked_and_kept_as_a_file_of_ours()
    {
        var content = PyTorchFile();
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(content));
        var known = OfWeb(server.Url("resnet-x.pth"), Sha256(content)[..8]);
        var path = await Get(known);
        Assert.Equal(_folder["cache/encoders/some.safetensors"], path);
        Assert.Equal((server.Url("resnet-x.pth"), content.Length, content.Length), _reports[^1]);
        Assert.Equal(["some.LICENSE.txt", "some.safetensors"], Kept());
        Assert.Contains("Soumith Chintala", await File.ReadAllTextAsync(EncoderStore.LicenseBeside(path),
            TestContext.Current.CancellationToken));
        using var opened = EncoderFile.Open(path, CPU);
        Assert.Null(opened.Origin);
        Assert.Equal((Options, 224, EvaluationFit.Squash), (opened.Description.Architecture,
            opened.Description.Preprocessing.ImageSize, opened.Description.Preprocessing.Fit));
        using var scope = NewDisposeScope();
        using var network = Network();
        foreach (var (name, value) in EncoderFile.Tensors(network))
            TensorAssert.Same(value, EncoderFile.Tensors(opened.Network).First(t => t.Name == name).Value, name);
    }

    [Fact]
    public async Task What_is_on_the_machine_is_not_fetched_again()
    {
        var content = PyTorchFile();
        string first;
        PretrainedEncoder known;
        await using (var server = new LoopbackServer(_ => LoopbackServer.Answer(content)))
            first = await Get(known = OfWeb(server.Url("x.pth"), Sha256(content)[..8]));
        Assert.Equal(first, await Get(known));      // the server is gone
        var moved = Made.File(_folder["data/encoders/some.safetensors"], await File.ReadAllBytesAsync(first,
            TestContext.Current.CancellationToken));
        Assert.Equal(moved, await Get(known));      // folders come before the cache
    }

    [Fact]
    public async Task Another_digest_a_missing_page_and_no_server_are_said_and_leave_nothing()
    {
        var content = PyTorchFile();
        string gone;
        await using (var server = new LoopbackServer(path => path == "/x.pth" ? LoopbackServer.Answer(content) : LoopbackServer.NotFound))
        {
            gone = server.Url("x.pth");
            Assert.Contains("not the published 00000000", await Fails<InvalidDataException>(OfWeb(gone, "00000000")));
            Assert.Contains("404", await Fails<IOException>(OfWeb(server.Url("y.pth"), "00000000")));
        }
        Assert.Contains("cannot be fetched", await Fails<IOException>(OfWeb(gone, "00000000")));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task A_package_comes_from_the_first_feed_that_has_it()
    {
        var (model, package) = Package();
        await using var server = new LoopbackServer(path => path switch
        {
            "/v3/index.json" => LoopbackServer.Answer(Made.Text(
                $$"""{"resources":[{"@id":"http://{{Host}}/flat/","@type":"PackageBaseAddress/3.0.0"}]}""")),
            "/flat/some.encoder/1.2.3/some.encoder.1.2.3.nupkg" => LoopbackServer.Answer(package),
            "/other" => LoopbackServer.Answer(Made.Text("<html>")),
            _ => LoopbackServer.NotFound,
        });
        Host = new Uri(server.Url("")).Authority;
        var feeds = Feeds(server.Url("none"), server.Url("other"), server.Url("v3/index.json"));
        var known = OfPackage(Sha256(model));
        var path = await Get(known, feeds);
        Assert.Equal("MIT text", await File.ReadAllTextAsync(EncoderStore.LicenseBeside(path), TestContext.Current.CancellationToken));
        Assert.Equal(["some.LICENSE.txt", "some.safetensors"], Kept());
        using var opened = EncoderFile.Open(path, CPU);
        Assert.Equal(Options, opened.Description.Architecture);
        Assert.Equal(103.06262 / 255, opened.Description.Preprocessing.Mean[2], 1e-9);

        var weights = opened.Description.Weights!;
        File.Delete(path);
        await Get(OfPackage(Sha256(model), weights), feeds);
        File.Delete(path);
        Assert.Contains("report this", await Fails<InvalidDataException>(OfPackage(Sha256(model), new string('0', 64)), feeds));
        Assert.Contains("not the published", await Fails<InvalidDataException>(OfPackage(new string('0', 64)), feeds));
        var error = await Fails<IOException>(OfPackage(Sha256(model)), Feeds(server.Url("none")));
        Assert.Contains("404", error);
        Assert.Contains(_folder["packages"], error);
        Assert.Equal(["some.LICENSE.txt"], Kept());
    }

    private string Host { get; set; } = "";

    [Theory]
    [InlineData("packages/some.encoder/1.2.3/some.encoder.1.2.3.nupkg")]
    [InlineData("feed/Some.Encoder.1.2.3.nupkg")]
    [InlineData("feed/some.encoder/1.2.3/some.encoder.1.2.3.nupkg")]
    public async Task A_package_that_was_restored_or_lies_in_a_folder_is_not_fetched(string place)
    {
        var (model, package) = Package();
        Made.File(_folder[place], package);
        await Get(OfPackage(Sha256(model)), Feeds(_folder["feed"]));
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task A_damaged_package_is_named()
    {
        var (model, package) = Package();
        var place = Made.File(_folder["feed/Some.Encoder.1.2.3.nupkg"], package[..(package.Length / 2)]);
        Assert.StartsWith(place, await Fails<InvalidDataException>(OfPackage(Sha256(model)), Feeds(_folder["feed"])));
    }

    [Fact]
    public void Feeds_are_those_of_the_configuration_that_are_not_disabled()
    {
        var file = Made.File(_folder["NuGet.Config"], Made.Text("""
            <configuration>
              <packageSources>
                <add key="a" value="https://a/index.json" /><add key="b" value="https://b/index.json" /><add key="c" value="/feed" />
              </packageSources>
              <disabledPackageSources><add key="b" value="true" /></disabledPackageSources>
            </configuration>
            """));
        Assert.Equal(["https://a/index.json", "/feed"], NuGetFeeds.Configured(file));
        foreach (var text in (string[])["<configuration/>", "<config", ""])
            Assert.Equal(["https://api.nuget.org/v3/index.json"], NuGetFeeds.Configured(Made.File(_folder["x.config"], Made.Text(text))));
    }

    /// <summary>What the tests' project restores: the package that ML.NET's users have, with the two models that they run.</summary>
    [Fact]
    public async Task The_ImageNet_encoder_is_ML_NETs_to_the_last_digits()
    {
        var known = PretrainedEncoders.Find("imagenet-resnet18")!;
        var feeds = NuGetFeeds.OfThisMachine(_http);
        var package = feeds.OnThisMachine(known.Package!.Id, known.Package.Version);
        Assert.True(package is not null, "the tests' project restores it");
        var path = await Get(known, feeds);
        Assert.Empty(_reports);
        Assert.Contains("MIT", await File.ReadAllTextAsync(EncoderStore.LicenseBeside(path), TestContext.Current.CancellationToken));

        using var scope = NewDisposeScope();
        using var opened = EncoderFile.Open(path, CPU);
        Assert.Equal(new ResNetOptions { Depth = 18, Blocks = [2, 2, 2, 3] }, opened.Description.Architecture);
        using var encoder = new TorchEncoder("ours", opened, Precision.Float32, CPU, leaveOpen: true);
        using var zip = ZipFile.OpenRead(package);
        using var prepares = Session(zip, "tools/DnnImageModels/ResNetPrepOnnx/ResNetPreprocess.onnx");
        using var embeds = Session(zip, known.Package.Model);
        var random = new Random(5);
        for (var i = 0; i < 3; i++)
        {
            var pixels = new float[224 * 224 * 3];
            foreach (ref var value in pixels.AsSpan()) value = random.Next(256) / 255f;
            var ours = new float[512];
            encoder.Encode(pixels, 1, ours);
            float[] planes = [.. Enumerable.Range(0, pixels.Length).Select(p => 255 * pixels[p % (224 * 224) * 3 + p / (224 * 224)])];
            var image = tensor(planes).reshape(1, 3, 224, 224);
            var color = tensor(ModelInput.MlNet.Mean.Select(m => (float)m).ToArray()).reshape(1, 3, 1, 1);
            var theirs = Run(embeds, (image - color).flip(1)).reshape(512);
            TensorAssert.Close(theirs, tensor(ours), 1e-5, $"image {i}");
            Assert.InRange((theirs - tensor(ours)).abs().max().item<float>(), 0, 1e-4f);
            // What ML.NET subtracts is a mean image of 224 px, whose color we take: crops of other sizes have no place in it.
            TensorAssert.Close(Run(embeds, Run(prepares, image)).reshape(512), tensor(ours), 0.1, $"image {i}, less the mean image");
        }
    }

    private static InferenceSession Session(ZipArchive zip, string name)
    {
        using var memory = new MemoryStream();
        using (var entry = zip.GetEntry(name)!.Open()) entry.CopyTo(memory);
        return new InferenceSession(memory.ToArray());
    }

    private static Tensor Run(InferenceSession session, Tensor images)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(TensorAssert.Floats(images), images.shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [session.InputNames[0]], [value], [session.OutputNames[0]]);
        return tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray()).reshape(outputs[0].GetTensorTypeAndShape().Shape);
    }

    private (byte[] Model, byte[] Package) Package()
    {
        using var network = Network();
        var model = File.ReadAllBytes(new UnfoldedResNet(network) { Bgr255 = true, ShortcutFirst = true }.Write(_folder["net.onnx"], 1L,
            224));
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in ((string, byte[])[])[(Model, model), ("LICENSE", Made.Text("MIT text"))])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return (model, memory.ToArray());
    }

    private static byte[] PyTorchFile()
    {
        using var network = Network();
        using var memory = new MemoryStream();
        TorchWriter.Write(memory, [.. EncoderFile.Tensors(network), ("fc.weight", zeros(2, 2))], new Dictionary<string, string>());
        return memory.ToArray();
    }

    private static ResNet Network()
    {
        using var weights = new WeightSource(9, CPU);
        return new ResNet(Options, weights);
    }

    private static PretrainedEncoder OfWeb(string url, string digits) => new("some", "made; 1 MB", "MIT", url, digits);

    private static PretrainedEncoder OfPackage(string sha256, string? weights = null) => new("some", "made; 1 MB", "MIT", "https://x",
        sha256)
    {
        Package = new ModelPackage(Id, Version, Model, ["LICENSE"]), Input = ModelInput.MlNet, Weights = weights,
    };

    private NuGetFeeds Feeds(params string[] feeds) => new(_http, _folder["packages"], feeds);

    private Task<string> Get(PretrainedEncoder known, NuGetFeeds? feeds = null) =>
        new EncoderStore([_folder["data"]], _folder["cache"]).Get(known, _http, feeds ?? Feeds(),
            (url, done, total) => _reports.Add((url, done, total)), TestContext.Current.CancellationToken);

    private async Task<string> Fails<T>(PretrainedEncoder known, NuGetFeeds? feeds = null) where T : Exception =>
        (await Assert.ThrowsAsync<T>(() => Get(known, feeds))).Message;

    private IEnumerable<string> Kept() => !Directory.Exists(_folder["cache/encoders"]) ? []
        : Directory.EnumerateFiles(_folder["cache/encoders"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
