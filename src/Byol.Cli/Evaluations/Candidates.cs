using Byol.Cli.Inputs;
using Byol.Evaluation;

namespace Byol.Cli.Evaluations;

/// <summary>What is compared under a protocol: the subject, and the baselines that it must beat. A row has a probe for
/// each task: one, or one a fold.</summary>
internal sealed class Candidates(IReadOnlyList<EvaluationTask> tasks, Subject subject, ChosenProtocol chosen, ulong seed)
{
    private readonly EncoderSubject _encoder = subject.ToScore(chosen.Precision, seed);

    /// <summary>The rows of a table, each made when its turn comes: cheap ones first, the subject last, none twice.</summary>
    /// <exception cref="ArgumentException">The subject has no weights, and the protocol trains some.</exception>
    public IReadOnlyList<Func<IReadOnlyList<IProbe>>> Rows(bool baselines)
    {
        var own = subject.Baseline;
        Func<IReadOnlyList<IProbe>> last = own is Baseline.RawPixels or Baseline.PixelComponents
            ? chosen.Protocol is FeatureProtocol ? () => Row(own.Value)
                : throw new ArgumentException($"{subject.Name} has no weights that --protocol {chosen.Name} could use; use knn or linear.")
            : Encoder;
        if (!baselines) return [last];
        return [.. chosen.Protocol.Baselines.Where(b => b != own).Select<Baseline, Func<IReadOnlyList<IProbe>>>(b => () => Row(b)), last];
    }

    /// <summary>The row of a baseline.</summary>
    public IReadOnlyList<IProbe> Row(Baseline baseline) => chosen.Protocol.Probes(baseline, _encoder, tasks, seed);

    /// <summary>The row of the subject's encoder.</summary>
    public IReadOnlyList<IProbe> Encoder() => chosen.Protocol.Probes(_encoder, tasks);
}
