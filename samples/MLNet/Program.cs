// An encoder in ML.NET: images to embeddings by ApplyOnnxModel, and a classifier that learns from few labels.
//   byol export runs/mine --format onnx --out mine.onnx
//   dotnet run --project samples/MLNet -- mine.onnx LABELED 5 classifier.zip
// LABELED has a sub-folder for each class; 5 labels of each are learned from.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNetSample;

var (model, folder, perClass, saved) = (args[0], Path.GetFullPath(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
var images = Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
    .SelectMany(d => Directory.GetFiles(d).Order(StringComparer.Ordinal)
        .Select((file, i) => (Image: new LabeledImage { Path = file, Class = Path.GetFileName(d) }, Seen: i < perClass))).ToList();
var context = new MLContext(seed: 1);
var (learned, others) = (Load(seen: true), Load(seen: false));

// What the model needs stands in its file: a square image, RGB planes, values in [0,1]; mean and deviation are inside.
var (size, fit) = Input(model);
var square = fit switch
{
    "crop" => ImageResizingEstimator.ResizingKind.IsoCrop,
    "squash" => ImageResizingEstimator.ResizingKind.Fill,
    _ => throw new NotSupportedException($"{model} is made for images padded with its mean color, and ML.NET pads with black; "
        + "pretrain with --set views.evaluation_fit=squash, or pad the images yourself."),
};
var shape = new Dictionary<string, int[]> { ["image"] = [1, 3, size, size] };
var embedding = context.Transforms.LoadImages("pixels", "", nameof(LabeledImage.Path))
    .Append(context.Transforms.ResizeImages("resized", size, size, "pixels", square))
    .Append(context.Transforms.ExtractPixels("image", "resized", scaleImage: 1 / 255f))
    .Append(context.Transforms.ApplyOnnxModel(["embedding_normalized"], ["image"], model, shape, recursionLimit: 100));
var classifier = embedding
    .Append(context.Transforms.Conversion.MapValueToKey("Label", nameof(LabeledImage.Class)))
    .Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "embedding_normalized"))
    .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

context.Model.Save(classifier.Fit(learned), learned.Schema, saved);
var reloaded = context.Model.Load(saved, out _);
var metrics = context.MulticlassClassification.Evaluate(reloaded.Transform(others), "Label");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{100 * metrics.MacroAccuracy:F1} % of each class in the mean, {perClass} labels of each learned from; the classifier is {saved}"));

// With a file at the end, the embeddings of all images are written there: the tests compare them with other runtimes'.
if (args.Length > 4)
{
    var all = context.Data.LoadFromEnumerable(images.Select(i => i.Image));
    var rows = embedding.Fit(all).Transform(all).GetColumn<float[]>("embedding_normalized");
    File.WriteAllLines(args[4], rows.Select(row => string.Join(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))));
}

IDataView Load(bool seen) => context.Data.LoadFromEnumerable(images.Where(i => i.Seen == seen).Select(i => i.Image));

static (int Size, string Fit) Input(string model)
{
    using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(model);
    var metadata = session.ModelMetadata.CustomMetadataMap;
    return (session.InputMetadata["image"].Dimensions[2], metadata.GetValueOrDefault("evaluation_fit", "crop"));
}
