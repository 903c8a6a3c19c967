using Byol.Data.Images;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using Byol.Tests.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

public sealed class EncoderFileTests
{
    private static readonly Preprocessing Prepared = new(16, 0.875, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);

    [Theory]
    [InlineData(18, 0.125, Stem.Small)]
    [InlineData(18, 0.25, Stem.SmallStride2)]
    [InlineData(50, 0.0625, Stem.ImageNet)]
    public void An_encoder_comes_back_with_the_same_features(int depth, double width, Stem stem)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = depth, Width = width, Stem = stem });
        encoder.forward(randn(4, 3, 16, 16));   // statistics of its own
        encoder.eval();
        Write(folder["e"], encoder);

        using var opened = EncoderFile.Open(folder["e"], CPU);
        var (read, preprocessing) = (opened.Network, opened.Description.Preprocessing);

        Assert.Equal(encoder.Options(), read.Options());
        Assert.Equal(encoder.Options(), opened.Description.Architecture);
        Assert.False(read.training);
        Assert.Equal((Prepared.ImageSize, Prepared.CenterCrop), (preprocessing.ImageSize, preprocessing.CenterCrop));
        Assert.Equal(Prepared.Mean, preprocessing.Mean);
        Assert.Equal(Prepared.StandardDeviation, preprocessing.StandardDeviation);
        var x = randn(4, 3, 16, 16);
        TensorAssert.Same(encoder.forward(x), read.forward(x), "features");
    }

    [Fact]
    public void How_images_were_read_goes_with_the_encoder_and_is_left_out_where_it_is_as_usual()
    {
        var (usual, other) = (Described(new ImageOptions()), Described(new ImageOptions { Background = "black", Depth = 12 }));
        Assert.DoesNotContain(usual.Keys, key => key is "image_background" or "image_depth");
        Assert.Equal(new ImageOptions(), EncoderDescription.Parse("e", usual).Preprocessing.Images);
        Assert.Equal(new ImageOptions { Background = "black", Depth = 12 }, EncoderDescription.Parse("e", other).Preprocessing.Images);
        other["image_depth"] = "3";
        Assert.Contains("image_depth", Assert.Throws<InvalidDataException>(() => EncoderDescription.Parse("e", other)).Message);

        static Dictionary<string, string> Described(ImageOptions images) =>
            new EncoderDescription(new ResNetOptions { Depth = 18 }, Prepared.With(images: images)).ToMetadata();
    }

    [Theory]
    [InlineData("model-00001-of-00003.safetensors")]
    [InlineData("model.safetensors.index.json")]
    public void Weights_in_several_files_are_named(string name)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("sharded safetensors",
            Assert.Throws<InvalidDataException>(() => EncoderFile.Open(Made.File(folder[name], [1]), CPU)).Message);
    }

    public static TheoryData<string, string?> ForeignMetadata => new()
    {
        { "depth", null }, { "depth", "many" }, { "depth", "19" }, { "depth", "" }, { "width", "0.3" }, { "width", null },
        { "width", "NaN" }, { "stem", "Large" }, { "stem", "7" },
        { "stem", null }, { "image_size", "x" }, { "image_size", null }, { "center_crop", "half" }, { "mean", "0.1 x 0.3" },
        { "mean", "" }, { "standard_deviation", null }, { "standard_deviation", "1 0 1" }, { "image_size", "1e300" }, { "image_size", "0" },
        { "center_crop", "NaN" }, { "center_crop", "0" }, { "center_crop", "1.1" },
        { "evaluation_fit", "Squash" }, { "evaluation_fit", "1" }, { "evaluation_fit", "" },
    };

    [Theory]
    [MemberData(nameof(ForeignMetadata))]
    public void Foreign_metadata_is_refused(string key, string? value)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        Write(folder["e"], encoder);
        Rewrite(folder["e"], metadata =>
        {
            if (value is null) metadata.Remove(key);
            else metadata[key] = value;
        }, []);

        var e = Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU));
        Assert.StartsWith(folder["e"], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conv1.weight")]
    [InlineData("layer3.0.downsample.1.running_var")]
    public void A_missing_tensor_is_refused_by_name(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        Write(folder["e"], encoder);
        Rewrite(folder["e"], _ => { }, [name]);
        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_width_are_refused_by_shape()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.125 });
        Write(folder["e"], encoder);
        Rewrite(folder["e"], metadata => metadata["width"] = "0.0625", []);
        Assert.Contains("has shape [8,3,7,7] where [4,3,7,7] is needed",
            Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("18", "8")]      // 700 million weights, 2.8 GB
    [InlineData("200", "8")]
    [InlineData("50", "0.0625")]
    public void A_small_file_that_asks_for_a_large_encoder_is_refused_before_one_is_made(string depth, string width)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        Write(folder["e"], encoder);
        Rewrite(folder["e"], metadata => (metadata["depth"], metadata["width"]) = (depth, width), []);
        Assert.Contains("is not a ResNet-",
            Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message, StringComparison.Ordinal);
    }

    // A ResNet-200 of eight times the width has 16 GB: nothing of that may be taken before the file has shown that it holds them.
    [Fact]
    public void What_a_small_file_claims_takes_no_memory()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        Write(folder["e"], encoder);
        Rewrite(folder["e"], metadata => (metadata["width"], metadata["depth"]) = ("8", "200"), []);
        var before = Environment.WorkingSet;
        Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU));
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200L << 20);
    }

    [Fact]
    public void Tensors_that_share_a_storage_may_not_claim_more_than_the_file_holds()
    {
        using var folder = new TemporaryFolder();
        var shapes = ResNetShapes.Of(ResNetPlan.Of(new ResNetOptions { Depth = 152, Width = 0.25 })).ToList();
        var largest = shapes.Max(t => t.Shape.Aggregate(1L, (product, d) => product * d));
        Made.File(folder["e.pt"], Pickled.File(Pickled.Shared(shapes, largest), ("data/0", new byte[4 * largest])));
        Assert.Contains("more than its bytes hold",
            Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e.pt"], CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_weights_than_the_metadata_say_are_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        Write(folder["e"], encoder);
        var bytes = File.ReadAllBytes(folder["e"]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["e"], bytes);
        Assert.Contains("(weights_sha256)", Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conv1.weight", "layer1.0.conv1.weight", 5, "a first convolution of shape [4,3,5,5]")]
    [InlineData("stem.weight", "layer1.0.conv1.weight", 7, "no residual network under torchvision's names")]
    [InlineData("conv1.weight", "layer1.0.conv1.weight", 7, "no block in stage 2")]
    public void A_file_of_another_network_is_refused(string first, string second, int kernel, string words)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder["e"])) Safetensors.Write(stream,
            [(first, zeros(4, 3, kernel, kernel)), (second, zeros(4, 4, 3, 3))], new Dictionary<string, string>());
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_are_no_weights()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var encoder = Build(new ResNetOptions { Depth = 18, Width = 0.0625 });
        using (var stream = File.Create(folder["e"]))
            Safetensors.Write(stream, [.. EncoderFile.Tensors(encoder).Select(t => (t.Name, t.Value.to(ScalarType.Int64)))],
                new Dictionary<string, string>());
        Assert.Contains("must be floating point", Assert.Throws<InvalidDataException>(() => EncoderFile.Open(folder["e"], CPU)).Message,
            StringComparison.Ordinal);
    }

    private static ResNet Build(ResNetOptions options)
    {
        using var weights = new WeightSource(3, CPU);
        return new ResNet(options, weights);
    }

    private static void Write(string path, ResNet encoder)
    {
        using var stream = File.Create(path);
        EncoderWriter.Write(stream, encoder, encoder.Described(Prepared));
    }

    private static void Rewrite(string path, Action<Dictionary<string, string>> change, string[] without)
    {
        List<(string, Tensor)> tensors;
        Dictionary<string, string> metadata;
        using (var file = new SafetensorsFile(path))
        {
            tensors = [.. file.Names.Where(n => !without.Contains(n)).Select(n => (n, file.Read(n)))];
            metadata = new(file.Metadata);
        }
        change(metadata);
        using var stream = File.Create(path);
        Safetensors.Write(stream, tensors, metadata);
    }
}
