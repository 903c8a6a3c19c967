// The linear probe on features from files, for bench/probe.py. It uses only what the library has had since commit 4d80c8a,
// so that the same lines can be compiled against that commit and against this one.
//
//     Probe score FILE...           seconds and predictions of LinearProbe.Scores, for each file a line of JSON
//     Probe fit FILE ANSWER C...    the parameters of LogisticRegression.Fit for each C, as safetensors
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Byol.Evaluation;
using Byol.TensorFiles;
using static TorchSharp.torch;

using var scope = NewDisposeScope();
if (args[0] == "score")
{
    Score(args[1]);   // loads libtorch and compiles
    foreach (var file in args[1..]) Console.WriteLine(JsonSerializer.Serialize(Score(file)));
}
else
{
    using var bank = Read(args[1], "features", "labels");
    var fits = args[3..].Select(c => (c, LogisticRegression
        .Fit(bank.Features, bank.Labels, bank.Classes.Count, double.Parse(c, CultureInfo.InvariantCulture)).Parameters)).ToList();
    using var answer = File.Create(args[2]);
    Safetensors.Write(answer, fits, new Dictionary<string, string>());
}

static object Score(string file)
{
    using var scope = NewDisposeScope();
    using var bank = Read(file, "features", "labels");
    using var others = Read(file, "queries", "labels");
    var watch = Stopwatch.StartNew();
    var scores = LinearProbe.Scores(bank, others.Features, 1);
    return new { seconds = watch.Elapsed.TotalSeconds, predicted = scores.argmax(1).data<long>().ToArray() };
}

static FeatureBank Read(string file, string features, string labels)
{
    using var tensors = new SafetensorsFile(file);
    using var y = tensors.Read(labels);
    int[] classes = [.. y.data<long>().Select(l => (int)l)];
    return new FeatureBank(tensors.Read(features), classes, [.. Enumerable.Range(0, classes.Max() + 1).Select(c => $"{c}")]);
}
