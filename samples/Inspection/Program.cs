// The whole job with the library: a pretrained encoder is continued on photographs without labels, a classifier is trained on a few with
// labels, and it is used.
//   dotnet run --project samples/Inspection -c Release -- PHOTOS LABELED inspection 12
// PHOTOS is a folder of images; LABELED has a sub-folder for each class; then the folder to write to, and the epochs. A fifth argument is
// another encoder to begin with: a name of PretrainedEncoders.All, or a file.
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;
using Byol.Training;
using static TorchSharp.torch;

var (photos, labeled, folder) = (Images.Open(args[0]), Images.Open(args[1]), args[2]);
var (epochs, begin) = (int.Parse(args[3], CultureInfo.InvariantCulture), args.ElementAtOrDefault(4) ?? "imagenet-resnet18");

// 1. Without labels. The encoder is downloaded once. After an interruption the same program resumes.
OpenedEncoder pretrained;
try
{
    pretrained = File.Exists(begin) ? EncoderFile.Open(begin, CPU) : PretrainedEncoders.Open(begin);
}
catch (IOException e)
{
    Console.Error.WriteLine($"{begin} is not on this machine: {e.Message} Or give the file of an encoder as the fifth argument.");
    return 1;
}
using (pretrained)
{
    var recipe = Recipes.Adapt.For(pretrained.Description);
    var used = pretrained.Description.Preprocessing.ImageSize;      // in pixels; it is trained on smaller views, which costs less
    var views = recipe.Views with { ImageSize = Math.Min(recipe.Views.ImageSize, used), EvaluationSize = used };
    recipe = recipe with { Views = views, Training = recipe.Training with { Epochs = epochs } };
    using var begun = PretrainingRun.StartOrResume(Path.Combine(folder, "run"), recipe, photos, pretrained);
    begun.Train(record => Console.WriteLine(record));
}

// 2. With a few labels. The figures of the report come from held-out images.
using var encoder = EncoderFile.Open(PretrainingRun.Open(Path.Combine(folder, "run")).EncoderPath, CPU);
using var classifier = Classifier.Train(encoder, labeled);
var (report, file) = (classifier.Report, Path.Combine(folder, "parts.onnx"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"cross-validated: {100 * report.Accuracy:F1} % of {report.Images} images, calibration error {100 * report.CalibrationError:F1}"));
if (!report.BeatsChance) throw new InvalidOperationException("The classifier is no better than chance; label more images.");
Console.WriteLine(classifier.ExportOnnx(file, labeled).Parity);

// 3. In use: this part needs the file only.
using var parts = OnnxClassifier.Open(file);
foreach (var unreadable in parts.Predict(photos, Report)) Console.WriteLine(unreadable.Reason);
return 0;

void Report(int index, Prediction part)
{
    var name = part.Doubt == Doubt.Novel ? "unknown" : part.Label;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{photos.ItemName(index)},{name},{part.Probability:F6},{part.Novelty:F6}"));
}
