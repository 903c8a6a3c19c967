using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The linear probe on cached features of centre views (BYOL, appendix D): multinomial logistic regression by L-BFGS, its
/// regulariser chosen on the training images, then fitted on all of them.</summary>
public static class LinearProbe
{
    /// <summary>Fits on labelled features and scores others.</summary>
    /// <param name="labelled">Features and labels to learn from.</param>
    /// <param name="queries">[M,D] fp32.</param>
    /// <param name="seed">Draws the folds of the cross-validation.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public static Tensor Scores(FeatureBank labelled, Tensor queries, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var threads = new Threads(labelled.Features.numel() * labelled.Classes.Count);
        var axes = Axes(labelled.Features);
        var (features, others) = (labelled.Features.mm(axes), queries.mm(axes));
        var classes = labelled.Classes.Count;
        var c = Regularization.Choose(features, labelled.Labels, classes, seed);
        using var classifier = LogisticRegression.Fit(features, labelled.Labels, classes, c);
        return classifier.Scores(others).MoveToOuterDisposeScope();
    }

    // The principal axes of the images, [D,min(N,D)]. The penalty does not change under rotation and the weights of the minimum lie in the
    // span of the images, so the same classifier is found along these axes; there are fewer of them where images are few, and along them
    // the curvatures hardly mix, so that L-BFGS, which is told what they are, takes a fraction of the steps.
    private static Tensor Axes(Tensor features)
    {
        if (features.shape[0] < features.shape[1]) return linalg.svd(features, fullMatrices: false).Vh.t();
        return linalg.eigh(features.t().mm(features)).Item2;
    }

    // Thousands of small operations: where the machine has other work, threads that wait for one another cost ten times what they save.
    private sealed class Threads : IDisposable
    {
        private const long WorthSharing = 1 << 26;   // multiplications of one product
        private readonly int _before = get_num_threads();

        public Threads(long multiplications)
        {
            if (multiplications < WorthSharing) set_num_threads(1);
        }

        public void Dispose() => set_num_threads(_before);
    }
}
