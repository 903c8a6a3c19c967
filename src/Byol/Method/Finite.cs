using Byol.Distributed;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>Looks for NaN and infinities: one sum over each buffer,
/// and only where that is not finite a search for the tensor to name.</summary>
internal static class Finite
{
    /// <summary>Throws if the loss is not finite, naming the views at fault if it came with them.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="microBatch">Which of the step's, from 0.</param>
    /// <param name="ranks">Who has the other parts of it; all come here.</param>
    /// <param name="views">v and v': which of their images are finite, asked only if the loss is not.</param>
    /// <exception cref="NonFiniteException">It is not finite.</exception>
    public static void RequireLoss(
        long step, double loss, int microBatch, ICollective ranks, params ReadOnlySpan<(string Name, Func<bool[]> Rows)> views)
    {
        if (double.IsFinite(loss)) return;
        foreach (var (name, areFinite) in views)
        {
            var whole = areFinite();
            var faulty = new double[whole.Length * ranks.Count];        // of the whole micro-batch, in the order of the ranks
            for (var i = 0; i < whole.Length; i++) faulty[ranks.Rank * whole.Length + i] = whole[i] ? 0 : 1;
            ranks.Sum(faulty);
            List<int> rows = [.. Enumerable.Range(0, faulty.Length).Where(i => faulty[i] > 0).Select(i => microBatch * faulty.Length + i)];
            if (rows.Count > 0) throw new NonFiniteException(step, name, rows);
        }
        throw new NonFiniteException(step, "the loss");
    }

    /// <summary>Which images are finite.</summary>
    /// <param name="view">[B,3,S,S].</param>
    public static bool[] Rows(Tensor view)
    {
        using var scope = NewDisposeScope();
        return view.isfinite().flatten(1).all(1).cpu().data<bool>().ToArray();
    }

    /// <summary>Which images are finite, by the sums of their pixels.</summary>
    /// <param name="sums">[B].</param>
    public static bool[] Rows(ReadOnlySpan<double> sums)
    {
        var finite = new bool[sums.Length];
        for (var i = 0; i < sums.Length; i++) finite[i] = double.IsFinite(sums[i]);
        return finite;
    }

    /// <summary>Throws if a buffer that is laid out like the parameters is not finite, and names the first one that is at fault.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="what">What the buffer holds of each parameter.</param>
    /// <param name="parameters">Their names and places.</param>
    /// <param name="buffer">[P].</param>
    /// <exception cref="NonFiniteException">It is not finite.</exception>
    public static void Require(long step, string what, FlatParameters parameters, Tensor buffer)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (double.IsFinite(buffer.sum().to(ScalarType.Float64).cpu().data<double>()[0])) return;
        var faulty = parameters.Slices.Where(s => !IsFinite(FlatParameters.Window(buffer, s))).ToList();
        if (faulty.Count == 0) return;   // the sum is too large, and its terms are not
        throw new NonFiniteException(step, $"{what} {faulty[0].Name}{(faulty.Count > 1 ? $" (and of {faulty.Count - 1} more)" : "")}");
    }

    /// <summary>Throws if any of these is not finite.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="NonFiniteException">One is not finite.</exception>
    public static void Require(long step, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, value) in tensors)
        {
            if (!IsFinite(value)) throw new NonFiniteException(step, name);
        }
    }

    private static bool IsFinite(Tensor value)
    {
        using var finite = value.isfinite();
        using var all = finite.all();
        using var onCpu = all.cpu();
        return onCpu.data<bool>()[0];
    }
}
