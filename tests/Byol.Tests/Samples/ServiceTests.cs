using System.Net;
using System.Text.Json;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;

namespace Byol.Tests.Samples;

/// <summary>The web service of docs/how-to/service.md.</summary>
public sealed class ServiceTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task Requests_at_the_same_time_get_what_the_library_says()
    {
        var photographs = service.Photographs;
        var answers = await Task.WhenAll(photographs.Select(p => Ask(File.ReadAllBytes(p))));
        using var classifier = OnnxClassifier.Open(service.Onnx);
        Assert.Equal(60, answers.Length);
        Assert.All(photographs.Zip(answers), p =>
        {
            var (expected, (code, answer)) = (classifier.Predict(p.First), p.Second);
            Assert.Equal(HttpStatusCode.OK, code);
            Assert.Equal(expected.Label, answer.GetProperty("label").GetString());
            Assert.Equal(expected.Probability, answer.GetProperty("probability").GetDouble(), 1e-4);
            Assert.Equal(expected.Novelty, answer.GetProperty("novelty").GetDouble(), 1e-4);
            Assert.Equal(expected.Doubt != Doubt.None, answer.GetProperty("askAPerson").GetBoolean());
        });
        Assert.True(answers.Select(a => a.Answer.GetProperty("label").GetString()).Distinct().Count() > 1);
    }

    [Fact]
    public async Task It_loads_ONNX_Runtime_and_not_libtorch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no /proc.");
        Assert.Equal(HttpStatusCode.OK, (await Ask(File.ReadAllBytes(service.Photographs[0]))).Code);
        Assert.Contains("libonnxruntime", service.MappedFiles, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch", service.MappedFiles, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Bytes_that_are_not_an_image_are_refused_and_the_next_image_is_answered()
    {
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)      // no classifier is lost
        {
            var (code, problem) = await Ask(Made.Text("not an image"));
            Assert.Equal(HttpStatusCode.BadRequest, code);
            Assert.StartsWith("The image", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await Ask(File.ReadAllBytes(service.Photographs[0]))).Code);
    }

    [Fact]
    public void A_file_that_is_not_a_classifier_ends_the_program_before_it_listens()
    {
        var (code, output, _) = Programs.RunSample("Service", service.Photographs[0], "--urls", "http://127.0.0.1:0");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("listening", output, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Code, JsonElement Answer)> Ask(byte[] image)
    {
        using var content = new ByteArrayContent(image);
        using var response = await service.Client.PostAsync(new Uri("/predict", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(text);
        return (response.StatusCode, json.RootElement.Clone());
    }
}
