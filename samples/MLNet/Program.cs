// An encoder in ML.NET: images to embeddings by ApplyOnnxModel, and a classifier that learns from few labels.
//   byol export runs/mine --format onnx --out mine.onnx
//   dotnet run --project samples/MLNet -- mine.onnx LABELED 5 classifier.zip
// LABELED has a sub-folder for each class; 5 images of each, drawn at random, are learned from, and all others are classified.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNetSample;

var (model, folder, perClass, saved) = (args[0], Path.GetFullPath(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
var classes = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToList();
var images = classes.SelectMany(d => Directory.GetFiles(d).Order(StringComparer.Ordinal)
    .Select(file => new LabeledImage { Path = file, Class = Path.GetFileName(d) })).ToList();
// At random: the first by name are often of one series. The seed makes the same draw each time.
var (context, random) = (new MLContext(seed: 1), new Random(1));
var drawn = images.GroupBy(i => i.Class).SelectMany(c => c.OrderBy(_ => random.Next()).Take(perClass)).ToHashSet();
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
    .Append(context.Transforms.ApplyOnnxModel(["embedding", "embedding_normalized"], ["image"], model, shape, recursionLimit: 100));
// Scales need no label: they are those of all images. The trainer's own penalties, on vectors of length 1, would leave nothing but guessing.
var all = context.Data.LoadFromEnumerable(images);
var prepared = embedding.Append(context.Transforms.NormalizeMeanVariance("embedding", fixZero: false))
    .Append(context.Transforms.Conversion.MapValueToKey("Label", nameof(LabeledImage.Class))).Fit(all);
var classifier = context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
    "Label", "embedding", l1Regularization: 0, l2Regularization: 1)
    .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

var trained = prepared.Append(classifier.Fit(prepared.Transform(learned)));
var accuracy = context.MulticlassClassification.Evaluate(trained.Transform(others), "Label").MacroAccuracy;
var (chance, known) = (1.0 / classes.Count, $"{perClass} labels of each class learned from, {images.Count - drawn.Count} others classified");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{100 * accuracy:F1} % of each class in the mean; guessing has {100 * chance:F1} % ({known})"));
if (accuracy < chance + 0.1)
{
    Console.Error.WriteLine("Hardly better than guessing, so no classifier was saved: use more labels, or an encoder of images like these.");
    return 1;
}
context.Model.Save(trained, learned.Schema, saved);
Console.WriteLine($"The classifier is {saved}");

// With a file at the end, the embeddings of all images are written there: the tests compare them with other runtimes'.
if (args.Length > 4)
{
    var rows = prepared.Transform(all).GetColumn<float[]>("embedding_normalized");
    File.WriteAllLines(args[4], rows.Select(row => string.Join(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))));
}

return 0;

IDataView Load(bool seen) => context.Data.LoadFromEnumerable(images.Where(i => drawn.Contains(i) == seen));

static (int Size, string Fit) Input(string model)
{
    using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(model);
    var metadata = session.ModelMetadata.CustomMetadataMap;
    return (session.InputMetadata["image"].Dimensions[2], metadata.GetValueOrDefault("evaluation_fit", "crop"));
}
