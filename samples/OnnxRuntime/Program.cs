// Embeds a folder with ONNX Runtime and finds the images nearest to its first: no libtorch, no Python.
//   byol export runs/mine --format onnx --out mine.onnx
//   dotnet run --project samples/OnnxRuntime -- mine.onnx PHOTOS
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Microsoft.ML.OnnxRuntime;

using var session = new InferenceSession(args[0]);
using var run = new RunOptions();
var metadata = session.ModelMetadata.CustomMetadataMap;
double[] Numbers(string key) => [.. metadata[key].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
var mean = Numbers("mean");
// What the encoder is given of an image: its center square, or the whole of it, squashed to a square or padded with the mean color.
var views = new ViewOptions
{
    ImageSize = (int)Numbers("image_size")[0],
    EvaluationFit = Enum.Parse<EvaluationFit>(metadata.GetValueOrDefault("evaluation_fit", "crop"), ignoreCase: true),
    EvaluationCrop = Numbers(metadata.ContainsKey("center_crop") ? "center_crop" : "centre_crop")[0],
    Mean = new Channels(mean[0], mean[1], mean[2]),
};
var (folder, size) = (Images.Open(args[1]), views.ImageSize);
var embeddings = new List<(string Name, float[] Unit)>();

using var loader = new SingleViewLoader(folder, views, batchSize: 32, threads: Environment.ProcessorCount);
while (loader.Next() is { } batch)
{
    if (batch.Count == 0) continue;                // none of it could be read
    var planes = new float[batch.Pixels.Length];   // [n,3,S,S] from [n,S,S,3]
    for (var i = 0; i < planes.Length; i++)
        planes[(i / (3 * size * size) * 3 + i % 3) * size * size + i / 3 % (size * size)] = batch.Pixels[i];
    using var input = OrtValue.CreateTensorValueFromMemory(planes, [batch.Count, 3, size, size]);
    using var outputs = session.Run(run, ["image"], [input], ["embedding_normalized"]);
    var rows = outputs[0].GetTensorDataAsSpan<float>();
    var dimension = rows.Length / batch.Count;
    for (var i = 0; i < batch.Count; i++)
        embeddings.Add((folder.ItemName(batch.Indices[i]), rows.Slice(i * dimension, dimension).ToArray()));
}

Console.WriteLine($"Nearest to {embeddings[0].Name} of {embeddings.Count} images:");
var cosines = embeddings.Skip(1).Select(e => (e.Name, Cosine: e.Unit.Zip(embeddings[0].Unit, (a, b) => a * b).Sum()));
foreach (var (name, cosine) in cosines.OrderByDescending(c => c.Cosine).Take(5))
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cosine:F4}  {name}"));
