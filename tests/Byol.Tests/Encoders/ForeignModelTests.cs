using Byol.Embeddings;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Export;
using Byol.OnnxRuntime;
using Byol.Tests.Export;

namespace Byol.Tests.Encoders;

/// <summary>Models of other programs: each gives the mean of each channel as it was given it, so that what goes in can be computed by hand.
/// </summary>
public sealed class ForeignModelTests : IDisposable
{
    private const int Size = 6;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nchw", "n", null)]
    [InlineData("nhwc", "n", null)]
    [InlineData("nchw", 1L, null)]
    [InlineData("nhwc", 4L, "preset = \"mlnet\"")]
    [InlineData("nchw", 3L, "preset = \"plain\"")]
    [InlineData("nchw", "n", "preset = \"imagenet\"\ncolor = \"bgr\"")]
    [InlineData("nhwc", "n", "scale = 255.0\nmean = [1, 2, 3]\nstandard_deviation = [4, 5, 6]\ncenter_crop = 1")]
    public void Images_reach_the_model_as_its_shapes_and_its_user_say(string layout, object batch, string? said)
    {
        var path = Means(layout, batch, Size);
        if (said is not null) File.WriteAllText($"{path}.toml", said);
        using var encoder = OnnxEncoder.Open(path);
        Assert.Equal((3, Size), (encoder.Dimension, encoder.Preprocessing.ImageSize));
        Assert.Equal(said is null, encoder.Foreign!.AssumesPixels);
        const int Count = 7;
        var (pixels, embeddings) = (new float[Count * Size * Size * 3], new float[Count * 3]);
        var random = new Random(3);
        foreach (ref var value in pixels.AsSpan()) value = random.NextSingle();
        encoder.Encode(pixels, Count, embeddings);
        for (var i = 0; i < Count; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                var expected = Enumerable.Range(0, Size * Size)
                    .Average(p => Given(said, channel, c => pixels[(i * Size * Size + p) * 3 + c]));
                Assert.Equal(expected, embeddings[i * 3 + channel], 1e-3);
            }
        }
    }

    // The model's channel, by arithmetic of its own.
    private static double Given(string? said, int channel, Func<int, double> pixel)
    {
        double[] mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225];
        var swapped = 2 - channel;
        return said switch
        {
            null => (pixel(channel) - mean[channel]) / std[channel],
            "preset = \"plain\"" => pixel(channel),
            "preset = \"mlnet\"" => pixel(swapped) * 255 - new[] { 103.06262, 115.902885, 123.15163 }[channel],
            _ when said.Contains("bgr") => (pixel(swapped) - mean[swapped]) / std[swapped],
            _ => (pixel(channel) * 255 - (channel + 1)) / (channel + 4),
        };
    }

    [Fact]
    public void What_is_not_in_the_shapes_is_said_beside_the_model_or_refused()
    {
        var open = Means("nchw", "n", "s");
        Refuses(open, null, "leaves the size of its images open", $"image_size = 224 in {open}.toml");
        using (var encoder = OnnxEncoder.Open(open, ModelInput.Plain with { ImageSize = 9 }))
            Assert.Equal(9, encoder.Preprocessing.ImageSize);
        using (var encoder = OnnxEncoder.Open(Means("nhwc", "n", "s"), ModelInput.Plain with { ImageSize = 9, Layout = ImageLayout.Nhwc }))
            Assert.Equal((9, 3), (encoder.Preprocessing.ImageSize, encoder.Dimension));
        var fixedSize = Means("nchw", "n", Size);
        Refuses(fixedSize, ModelInput.Plain with { ImageSize = 9 }, "takes images of 6 px and not of 9", "leave image_size out");
        Refuses(fixedSize, ModelInput.Plain with { Input = "picture" }, "has no input picture but image");
        Refuses(fixedSize, ModelInput.Plain with { Output = "meen" }, "has no value meen; did you mean mean?");
    }

    [Fact]
    public void Models_that_take_no_image_are_refused_in_one_line()
    {
        Refuses(Graph(g => { g.Input("a", "n", 3, 6, 6); g.Input("b", "n", 3, 6, 6); Output(g, g.Node("Add", "sum", ["a", "b"]), "n", 3, 6,
            6); }),
            null, "has 2 inputs (a, b) where one image is needed");
        Refuses(Graph(g => { g.Input("a", "n", 1, 28, 28); Output(g, g.Node("GlobalAveragePool", "m", ["a"]), "n", 1, 1, 1); }),
            null, "takes 1 channels (shape [-1,1,28,28], read as nchw)");
        Refuses(Graph(g => { g.Input("a", "n", 3, 28, 14); Output(g, g.Node("GlobalAveragePool", "m", ["a"]), "n", 3, 1, 1); }),
            null, "takes images of 14 x 28 pixels where they must be square");
        Refuses(Graph(g => { g.Input("a", "n", 30); Output(g, g.Node("Relu", "m", ["a"]), "n", 30); }), null,
            "where an image, [n,3,S,S] or [n,S,S,3]");
        Refuses(Graph(g => { g.Input("a", "n", 3, 6, 6); Output(g, g.Node("Relu", "m", ["a"]), "n", 3, 6, 6); }),
            null, "gives m of shape [1,3,6,6] where a vector for each image");
        Refuses(Graph(g =>
        {
            g.Input("a", "n", 3, 6, 6);
            Output(g, g.Node("GlobalAveragePool", "one", ["a"]), "n", 3, 1, 1);
            Output(g, g.Node("GlobalMaxPool", "two", ["a"]), "n", 3, 1, 1);
        }), null, "has 2 outputs (one, two); say which is the embedding");
        Refuses(Made.File(_folder["x.onnx"], [1, 2, 3]), null, "is not a model that ONNX Runtime reads");
        Refuses(Graph(g => { g.Input("a", "n", 3, 6, 6); Output(g, g.Node("Mul", "m", ["a", g.Constant("bad", [float.NaN], 1)]), "n", 3, 6,
            6); }),
            null, "tensor bad holds NaN");
    }

    [Fact]
    public void Any_value_of_the_graph_may_be_the_embedding_and_scores_are_recognized()
    {
        var path = Graph(g =>
        {
            g.Input("image", "n", 3, Size, Size);
            var flat = g.Node("Flatten", "features", [g.Node("GlobalAveragePool", "pooled", ["image"])], ("axis", 1L));
            var scores = g.Node("Gemm", "logits", [flat, g.Constant("w", [.. Enumerable.Range(0, 15).Select(i => (float)i)], 5, 3)],
                ("transB", 1L));
            Output(g, g.Node("Softmax", "probabilities", [scores]), "n", 5);
        });
        using (var classes = OnnxEncoder.Open(path)) Assert.Equal((5, "features"), (classes.Dimension, classes.Foreign!.ScoredFrom));
        using var features = OnnxEncoder.Open(path, ModelInput.Plain with { Output = "features" });
        using var pooled = OnnxEncoder.Open(path, ModelInput.Plain with { Output = "pooled" });
        Assert.Equal((3, 3, (string?)null), (features.Dimension, pooled.Dimension, features.Foreign!.ScoredFrom));
        var image = new float[Size * Size * 3];
        for (var i = 0; i < image.Length; i++) image[i] = i % 3;
        foreach (var encoder in (OnnxEncoder[])[features, pooled])
        {
            var row = new float[3];
            encoder.Encode(image, 1, row);
            Assert.Equal([0, 1, 2], row);
        }
    }

    // Embeddings in files are known by what made them.
    [Fact]
    public void Embeddings_say_which_model_and_which_of_its_values_made_them()
    {
        var path = Means("nchw", "n", Size);
        using var rgb = OnnxEncoder.Open(path, ModelInput.Plain);
        using var bgr = OnnxEncoder.Open(path, ModelInput.Plain with { Color = ColorOrder.Bgr });
        using var scaled = OnnxEncoder.Open(path, ModelInput.Plain with { Scale = 255 });
        var source = EmbeddingSource.Of(rgb)!;
        Assert.Null(source.DifferenceFrom(EmbeddingSource.Of(rgb)!));
        Assert.Contains("the encoders differ", source.DifferenceFrom(EmbeddingSource.Of(bgr)!));
        Assert.Contains("images are prepared differently", source.DifferenceFrom(EmbeddingSource.Of(scaled)!));
        var read = EmbeddingSource.Parse("x", source.ToMetadata())!;
        Assert.Null(source.DifferenceFrom(read));
    }

    [Theory]
    [InlineData("presett = \"mlnet\"", "presett is not known; did you mean preset?")]
    [InlineData("preset = \"caffe\"", "it must be one of imagenet, mlnet, plain")]
    [InlineData("layout = \"hwc\"", "it must be nchw or nhwc")]
    [InlineData("color = 3", "it must be rgb or bgr")]
    [InlineData("fit = \"stretch\"", "it must be squash, pad or crop")]
    [InlineData("mean = [1, 2]", "it must be three numbers")]
    [InlineData("standard_deviation = [1, 2, 0]", "must be three numbers above 0")]
    [InlineData("scale = -1", "must be above 0")]
    [InlineData("image_size = 1.5", "it must be a whole number of pixels")]
    [InlineData("image_size = 100000", "must lie between 1 and 4096")]
    [InlineData("center_crop = 2", "must be above 0 and at most 1")]
    [InlineData("output = 3", "it must be text")]
    [InlineData("output", "is not TOML")]
    public void A_mistake_beside_the_model_is_named_with_the_file(string toml, string rule)
    {
        var path = _folder["x.onnx"];
        Made.File($"{path}.toml", Made.Text(toml));
        var e = Assert.Throws<InvalidDataException>(() => ModelInputFile.Find(path));
        Assert.StartsWith($"{path}.toml", e.Message, StringComparison.Ordinal);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Settings_change_what_the_file_says()
    {
        var path = _folder["x.onnx"];
        Assert.Null(ModelInputFile.Find(path));
        Assert.Equal(ModelInput.MlNet.Mean, ModelInputFile.Find(path, "preset=mlnet")!.Mean);
        Assert.Equal(EvaluationFit.Squash, ModelInputFile.Find(path, "preset=mlnet")!.Fit);
        Assert.Equal(EvaluationFit.Pad, ModelInputFile.Find(path, "fit=pad")!.Fit);
        Assert.Equal((EvaluationFit.Crop, 0.9), (ModelInputFile.Find(path, "center_crop=0.9")!.Fit, ModelInputFile.Find(path,
            "center_crop=0.9")!.CenterCrop));
        Made.File($"{path}.toml", Made.Text("preset = \"mlnet\"\noutput = \"a\""));
        var input = ModelInputFile.Find(path, "output=b", "scale=2")!;
        Assert.Equal(("b", 2.0, ColorOrder.Bgr), (input.Output, input.Scale, input.Color));
        Assert.Contains("is not of the form key=value", Assert.Throws<InvalidDataException>(() => ModelInputFile.Find(path,
            "bgr")).Message);
    }

    private string Means(string layout, object batch, object size)
    {
        return Graph(g =>
        {
            if (layout == "nchw") g.Input("image", batch, 3, size, size);
            else g.Input("image", batch, size, size, 3);
            var axes = layout == "nchw" ? new[] { 2L, 3 } : [1, 2];
            Output(g, g.Node("ReduceMean", "mean", ["image"], ("axes", axes), ("keepdims", 0L)), batch, 3);
        });
    }

    private static void Output(OnnxGraph graph, string name, params object[] shape) => graph.Output(name, shape);

    private string Graph(Action<OnnxGraph> add)
    {
        var graph = new OnnxGraph();
        add(graph);
        return MadeOnnx.Write(_folder[$"{Guid.NewGuid()}.onnx"], graph);
    }

    private static void Refuses(string path, ModelInput? input, params string[] words)
    {
        var e = Assert.Throws<InvalidDataException>(() => OnnxEncoder.Open(path, input));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.All(words, w => Assert.Contains(w, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', e.Message);
    }
}
