// A classifier in ML.NET: class, probability and novelty of each photograph by ApplyOnnxModel.
//   byol classifier runs/mine --train LABELED --out parts.onnx
//   dotnet run --project samples/InspectionMLNet -c Release -- parts.onnx PHOTOS
using System.Globalization;
using System.Text.Json;
using InspectionMLNetSample;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;

var (model, folder) = (args[0], Path.GetFullPath(args[1]));
using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(model);
var about = session.ModelMetadata.CustomMetadataMap;     // class names, thresholds, and how images are prepared
var classes = JsonSerializer.Deserialize<string[]>(about["classes"])!;
var novel = JsonSerializer.Deserialize<double[][]>(about["novelty_thresholds"])![^1][1];     // 1 % of known images are above it
var size = int.Parse(about["image_size"], CultureInfo.InvariantCulture);
var square = about["evaluation_fit"] switch
{
    "crop" => ImageResizingEstimator.ResizingKind.IsoCrop,
    "squash" => ImageResizingEstimator.ResizingKind.Fill,
    _ => throw new NotSupportedException($"{model} is made for images padded with its mean color, and ML.NET pads with black."),
};

var context = new MLContext(seed: 1);
var photos = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
var images = context.Data.LoadFromEnumerable(photos.Select(path => new Photo { Path = path }));
var shape = new Dictionary<string, int[]> { ["image"] = [1, 3, size, size] };
var classifier = context.Transforms.LoadImages("pixels", "", nameof(Photo.Path))
    .Append(context.Transforms.ResizeImages("resized", size, size, "pixels", square))
    .Append(context.Transforms.ExtractPixels("image", "resized", scaleImage: 1 / 255f))
    .Append(context.Transforms.ApplyOnnxModel(["label", "probabilities", "novelty"], ["image"], model, shape, recursionLimit: 100));

var predicted = classifier.Fit(images).Transform(images);
foreach (var row in context.Data.CreateEnumerable<Predicted>(predicted, reuseRowObject: false))
{
    var label = (int)row.Label[0];
    var name = row.Novelty[0] > novel ? "unknown" : classes[label];
    var file = Path.GetRelativePath(folder, row.Path).Replace('\\', '/');
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file},{name},{row.Probabilities[label]:F6},{row.Novelty[0]:F6}"));
}
