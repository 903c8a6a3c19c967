// A classifier in plain ONNX Runtime, without libtorch: dotnet run --project samples/InspectionOnnx -c Release -- parts.onnx PHOTOS
using System.Globalization;
using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Microsoft.ML.OnnxRuntime;

using var session = new InferenceSession(args[0]);
var about = session.ModelMetadata.CustomMetadataMap;     // class names, thresholds, and how images are prepared
var classes = JsonSerializer.Deserialize<string[]>(about["classes"])!;
var novel = JsonSerializer.Deserialize<double[][]>(about["novelty_thresholds"])![^1][1];     // 1 % of known images are above it
var size = int.Parse(about["image_size"], CultureInfo.InvariantCulture);
var crop = double.Parse(about["center_crop"], CultureInfo.InvariantCulture);
var fit = Enum.Parse<EvaluationFit>(about["evaluation_fit"], ignoreCase: true);              // the whole image, or its center
var views = new ViewOptions { ImageSize = size, EvaluationFit = fit, EvaluationCrop = crop };
var photos = Images.Open(args[1]);
using var loader = new SingleViewLoader(photos, views, batchSize: 1, threads: Environment.ProcessorCount);
while (loader.Next() is { } batch)
{
    if (batch.Count == 0) continue;                      // it could not be read
    var planes = new float[batch.Pixels.Length];         // [1,3,S,S] from [1,S,S,3]
    for (var i = 0; i < planes.Length; i++) planes[i % 3 * size * size + i / 3] = batch.Pixels[i];
    using var image = OrtValue.CreateTensorValueFromMemory(planes, [1, 3, size, size]);
    using var outputs = session.Run(new RunOptions(), ["image"], [image], ["label", "probabilities", "novelty"]);
    var label = (int)outputs[0].GetTensorDataAsSpan<long>()[0];
    var (probability, novelty) = (outputs[1].GetTensorDataAsSpan<float>()[label], outputs[2].GetTensorDataAsSpan<float>()[0]);
    var name = novelty > novel ? "unknown" : classes[label];
    Console.WriteLine(FormattableString.Invariant($"{photos.ItemName(batch.Indices[0])},{name},{probability:F6},{novelty:F6}"));
}
