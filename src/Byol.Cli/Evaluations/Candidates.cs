using Byol.Cli.Inputs;
using Byol.Evaluation;

namespace Byol.Cli.Evaluations;

/// <summary>What is compared under a protocol: the subject, and the baselines that it must beat.</summary>
internal sealed class Candidates(EvaluationTask task, Subject subject, ChosenProtocol chosen, ulong seed)
{
    private readonly EncoderSubject _encoder = subject.ToScore(chosen.Precision, seed);

    /// <summary>The rows of a table, each made when its turn comes: cheap ones first, the subject last, none twice.</summary>
    /// <exception cref="ArgumentException">The subject has no weights, and the protocol trains some.</exception>
    public IReadOnlyList<Func<IProbe>> Rows(bool baselines)
    {
        var own = subject.Baseline;
        Func<IProbe> last = own is Baseline.RawPixels or Baseline.PixelComponents
            ? chosen.Protocol is FeatureProtocol ? () => Row(own.Value)
                : throw new ArgumentException($"{subject.Name} has no weights that --protocol {chosen.Name} could use; use knn or linear.")
            : Encoder;
        if (!baselines) return [last];
        return [.. chosen.Protocol.Baselines.Where(b => b != own).Select<Baseline, Func<IProbe>>(b => () => Row(b)), last];
    }

    /// <summary>The row of a baseline.</summary>
    public IProbe Row(Baseline baseline) => chosen.Protocol.Probe(baseline, _encoder, task, seed);

    /// <summary>The row of the subject's encoder.</summary>
    public IProbe Encoder() => chosen.Protocol.Probe(_encoder, task);
}
