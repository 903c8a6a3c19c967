using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>How the two views of a micro-batch go through both networks: one after the other, or at the same time.</summary>
/// <remarks>What it returns belongs to the caller's dispose scope.</remarks>
internal interface ITwoViews
{
    /// <summary>Threads of libtorch that compute the first view: how sums are cut decides their last bits.</summary>
    int FirstThreads { get; }

    /// <summary>Begins a step: nothing is left of the one before, even where that failed.</summary>
    void Begin();

    /// <summary>The target's projections of both views, without gradient.</summary>
    /// <param name="views">v and v', [B,3,S,S] each.</param>
    /// <returns>z', [B,d] of each view.</returns>
    (Tensor Z1, Tensor Z2) Project(ViewPair views);

    /// <summary>Compares the online prediction of each view with the target's projection of the other.</summary>
    /// <param name="views">v and v'.</param>
    /// <param name="z1">z' of view 1.</param>
    /// <param name="z2">z' of view 2.</param>
    Comparison Compare(ViewPair views, Tensor z1, Tensor z2);

    /// <summary>Adds the gradients of the objectives, times a weight.</summary>
    /// <param name="objectives">Of <see cref="Compare"/>.</param>
    /// <param name="weight">The share of the micro-batch in the step.</param>
    void Backward(Tensor[] objectives, double weight);

    /// <summary>Ends the backward passes of a step: all gradients lie in the state's parameters.</summary>
    void End();

    /// <summary>Does two other parts of a step as it does two views: one after the other, or at the same time.</summary>
    /// <param name="here">What the calling thread does.</param>
    /// <param name="there">What another may do.</param>
    void Both(Action here, Action there);
}

/// <summary>Predictions compared with projections.</summary>
/// <param name="Losses">Scalars whose sum is the loss: one of both views, or one of each.</param>
/// <param name="Objectives">As many, whose sum is minimized: the losses, or with <see cref="ByolOptions.CodingRateWeight"/> less than
/// they.</param>
/// <param name="Y1">y of view 1, [B,D], out of the graph.</param>
/// <param name="Y2">y of view 2.</param>
internal readonly record struct Comparison(Tensor[] Losses, Tensor[] Objectives, Tensor Y1, Tensor Y2);
