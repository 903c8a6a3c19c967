using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Evaluation;
using Byol.Export;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>What is compared under a protocol: an encoder, and the baselines that it must beat.</summary>
internal sealed class Candidates(EvaluationTask task, ViewOptions views, Protocol protocol, ulong seed, Device device)
{
    public const string RandomEncoder = "random encoder", OurEncoder = "BYOL encoder";

    // Cheap ones first, the encoder last.
    public IEnumerable<Func<ICandidate>> Of(ResNet encoder, string path, bool baselines)
    {
        var frozen = protocol.IsDeterministic;
        if (baselines)
        {
            yield return RawPixels;
            if (frozen) yield return () => PixelComponents(encoder.Options.RepresentationSize);
            if (frozen) yield return () => Untrained(encoder.Options);
            if (protocol.Name == Protocol.LinearSgd) yield return () => Cropped(RandomEncoder, Drawn(encoder.Options, seed));
            if (protocol.Name == Protocol.FineTuned)
                yield return () => Trained("supervised from scratch", s => Drawn(encoder.Options, s), encoder.Options, FromScratch(protocol.FineTune!));
        }
        yield return protocol.Name switch
        {
            Protocol.LinearSgd => () => Cropped(OurEncoder, EncoderFile.Read(path, device).Encoder),
            Protocol.FineTuned => () => Trained($"{OurEncoder}, fine-tuned", _ => EncoderFile.Read(path, device).Encoder, encoder.Options, protocol.FineTune!),
            Protocol.Supervised => () => Trained("supervised from scratch", s => Drawn(encoder.Options, s), encoder.Options, protocol.FineTune!),
            _ => () => Encoded(OurEncoder, encoder),
        };
    }

    public ICandidate RawPixels() => Frozen(protocol.IsDeterministic ? "raw pixels" : "raw pixels, linear probe", Pixels(task.Train), Pixels(task.Test));

    public ICandidate PixelComponents(long dimension)
    {
        using var train = Pixels(task.Train);
        using var test = Pixels(task.Test);
        var (projected, others) = PrincipalComponents.Project(train, test, dimension);
        return Frozen("PCA of pixels", projected, others, Standardization.Common);
    }

    public ICandidate Untrained(EncoderOptions options)
    {
        using var network = Drawn(options, seed);
        return Encoded(RandomEncoder, network);
    }

    public ICandidate Encoded(string name, ResNet encoder) => Frozen(name, Encode(encoder, task.Train), Encode(encoder, task.Test));

    private FeatureBank Encode(ResNet encoder, IDataset data) => FeatureBank.Encode(encoder, data, views, protocol.Precision, device) with { Classes = task.Classes };

    private FeatureBank Pixels(IDataset data) => FeatureBank.RawPixels(data, views) with { Classes = task.Classes };

    private FrozenEncoder Cropped(string name, ResNet encoder) => new(name, encoder, task, views, protocol.Sgd!, protocol.Precision, device);

    // The schedule of the fine-tuning that stands beside it, at rates that suit random weights.
    private static FineTuneOptions FromScratch(FineTuneOptions options) =>
        options with { EncoderLearningRate = FineTuneOptions.FromScratch.EncoderLearningRate, HeadLearningRate = FineTuneOptions.FromScratch.HeadLearningRate };

    private TrainedEncoder Trained(string name, Func<ulong, ResNet> begin, EncoderOptions encoder, FineTuneOptions options) =>
        new(name, encoder.RepresentationSize, begin, task, views, options, protocol.Precision, device);

    // Linear where the protocol trains: pixels have no weights to tune.
    private FrozenFeatures Frozen(string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization>? measure = null) => protocol.Knn is { } knn
        ? new FrozenFeatures(name, train, test, (labelled, queries, _) => Knn.Votes(labelled, queries, knn))
        : new FrozenFeatures(name, train, test, LinearProbe.Scores).Scaled(measure ?? Standardization.Of);

    private ResNet Drawn(EncoderOptions options, ulong weightSeed)
    {
        using var weights = new WeightSource(weightSeed, device);
        return new ResNet(options, weights);
    }
}
