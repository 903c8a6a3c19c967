using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Cli.Evaluations;

/// <summary>What is compared under a protocol: the subject, and the baselines that it must beat.</summary>
internal sealed class Candidates(EvaluationTask task, Subject subject, Protocol protocol, ulong seed)
{
    public const string RandomEncoder = "random encoder", FromScratch = "supervised from scratch";

    private readonly Device _device = TorchRuntime.DefaultDevice;

    /// <summary>The rows of a table, each made when its turn comes: cheap ones first, the subject last, none twice.</summary>
    public IReadOnlyList<Func<IProbe>> Rows(bool baselines)
    {
        var last = Row(subject.Name);
        if (!baselines) return [last];
        string[] names = protocol.Name switch
        {
            Protocol.KnnName or Protocol.Linear => [Subject.RawPixels, Subject.Components, Subject.Random],
            Protocol.LinearSgd => [Subject.RawPixels, Subject.Random],
            _ => [Subject.RawPixels],
        };
        var rows = names.Where(n => n != subject.Name).Select(n => n == Subject.RawPixels ? RawPixels : Row(n)).ToList();
        if (protocol.Name == Protocol.FineTuned) rows.Add(() => Trained(FromScratch, subject.Untrained, OfUntrained(protocol.FineTune!)));
        return [.. rows, last];
    }

    private Func<IProbe> Row(string? name) => (name, protocol.Name) switch
    {
        (Subject.RawPixels, Protocol.KnnName or Protocol.Linear) => RawPixels,
        (Subject.Components, Protocol.KnnName or Protocol.Linear) => Components,
        (Subject.RawPixels or Subject.Components, _) =>
            throw new ArgumentException($"{name} has no weights that --protocol {protocol.Name} could use; use knn or linear."),
        (_, Protocol.Supervised) => () => Trained(FromScratch, subject.Untrained, protocol.FineTune!),
        (Subject.Random, Protocol.FineTuned) => () => Trained($"{RandomEncoder}, fine-tuned", subject.Untrained, protocol.FineTune!),
        (Subject.Random, Protocol.LinearSgd) => () => Cropped(RandomEncoder, subject.Untrained(seed)),
        (Subject.Random, _) => Untrained,
        (_, Protocol.FineTuned) => () => Trained($"{subject.Title}, fine-tuned", _ => subject.Trained(), protocol.FineTune!),
        (_, Protocol.LinearSgd) => () => Cropped(subject.Title, subject.Trained()),
        _ => Ours,
    };

    // Linear where the protocol trains: pixels have no weights to tune.
    public IProbe RawPixels() =>
        Frozen(protocol.CachesFeatures ? "raw pixels" : "raw pixels, linear probe", Pixels(task.Train), Pixels(task.Test));

    public IProbe Untrained() => Encoded(RandomEncoder, subject.Untrained(seed));

    private FeatureProbe Ours()
    {
        var (network, views) = subject.Frozen();
        return Encoded(subject.Title, network, views);
    }

    /// <summary>Features of an encoder, which is disposed.</summary>
    public IProbe Encoded(string name, Module<Tensor, Tensor> encoder) => Encoded(name, encoder, subject.Views);

    private FeatureProbe Encoded(string name, Module<Tensor, Tensor> encoder, ViewOptions views)
    {
        using (encoder) return Frozen(name, Encode(encoder, task.Train, views), Encode(encoder, task.Test, views));
    }

    private FeatureProbe Components()
    {
        using var train = Pixels(task.Train);
        using var test = Pixels(task.Test);
        var (projected, others) = PrincipalComponents.Project(train, test, subject.Encoder.RepresentationSize);
        return Frozen("PCA of pixels", projected, others, Standardization.Common);
    }

    private FeatureBank Encode(Module<Tensor, Tensor> encoder, IDataset data, ViewOptions views) =>
        FeatureBank.Encode(encoder, data, views, OnnxNetwork.Input(encoder, protocol.Precision), _device) with { Classes = task.Classes };

    private FeatureBank Pixels(IDataset data) => FeatureBank.RawPixels(data, subject.Views) with { Classes = task.Classes };

    private LinearSgdProbe Cropped(string name, ResNet encoder) =>
        new(name, encoder, task, subject.Views, protocol.Sgd!, protocol.Precision, _device);

    private FineTuneProbe Trained(string name, Func<ulong, ResNet> begin, FineTuneOptions options) =>
        new(name, subject.Encoder.RepresentationSize, begin, task, subject.Views, options, protocol.Precision, _device);

    // The schedule of the fine-tuning that stands beside it, at rates that suit random weights.
    private static FineTuneOptions OfUntrained(FineTuneOptions options) => options with
    {
        EncoderLearningRate = FineTuneOptions.FromScratch.EncoderLearningRate,
        HeadLearningRate = FineTuneOptions.FromScratch.HeadLearningRate
    };

    private FeatureProbe Frozen(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization>? measure = null) => protocol.Knn is { } knn
        ? new FeatureProbe(name, train, test, (labeled, queries, _) => Knn.Votes(labeled, queries, knn))
        : new FeatureProbe(name, train, test, Probe).Scaled(measure ?? Standardization.Of);

    private static Tensor Probe(FeatureBank labeled, Tensor queries, ulong seed) =>
        LinearProbe.Scores(labeled, queries, seed, Warnings.Print);
}
