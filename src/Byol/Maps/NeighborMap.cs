namespace Byol.Maps;

/// <summary>Vectors on a plane, so that near ones stay near: t-SNE (van der Maaten 2014), with the settings of scikit-learn.</summary>
internal static class NeighborMap
{
    /// <summary>Neighbors that it asks for: three times the perplexity.</summary>
    public const int Neighbors = 3 * Perplexity;

    private const int Perplexity = 30, ExaggeratedRounds = 250, Rounds = 1000;
    private const double Exaggeration = 12, Theta = 0.5, LeastRate = 50, FirstSpread = 1e-4, LeastGain = 0.01;

    /// <summary>Arranges vectors.</summary>
    /// <param name="graph">The neighbors of each.</param>
    /// <param name="start">Where they begin: their principal plane.</param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Cancels.</param>
    public static Places Of(
        NeighborGraph graph, Places start, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var affinities = Affinities.Of(graph, Math.Min(Perplexity, graph.K / 3.0));
        var spread = Math.Sqrt(start.X.Sum(v => v * v) / start.X.Length) is > 0 and var s ? s : 1;
        var (x, y) = (Array.ConvertAll(start.X, v => v / spread * FirstSpread), Array.ConvertAll(start.Y, v => v / spread * FirstSpread));
        var rate = Math.Max(graph.Count / Exaggeration / 4, LeastRate);
        var (alongX, alongY) = (new Descent(x, rate), new Descent(y, rate));
        var (gradientX, gradientY) = (new double[x.Length], new double[y.Length]);
        var tree = new QuadTree(x.Length, Theta);
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var early = round < ExaggeratedRounds;
            Gradient(affinities, early ? Exaggeration : 1, tree, x, y, gradientX, gradientY);
            alongX.Step(gradientX, early ? 0.5 : 0.8);
            alongY.Step(gradientY, early ? 0.5 : 0.8);
            progress?.Invoke((round + 1.0) / Rounds);
        }
        return new Places(x, y);
    }

    private static void Gradient(
        Affinities affinities, double exaggeration, QuadTree tree, double[] x, double[] y, double[] gradientX, double[] gradientY)
    {
        tree.Build(x, y);
        var sums = new double[x.Length];
        Rows.For(x.Length, i =>
        {
            var (q, forceX, forceY) = tree.Repulsion(x[i], y[i]);
            (sums[i], gradientX[i], gradientY[i]) = (q - 1, -forceX, -forceY);     // itself is among them, at no distance
        });
        var total = Math.Max(sums.Sum(), 1e-12);
        Rows.For(x.Length, i =>
        {
            var (pullX, pullY) = (0.0, 0.0);
            for (var e = affinities.Starts[i]; e < affinities.Starts[i + 1]; e++)
            {
                var j = affinities.Others[e];
                var (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                var weight = affinities.Values[e] / (1 + dx * dx + dy * dy);
                pullX += weight * dx;
                pullY += weight * dy;
            }
            gradientX[i] = 4 * (exaggeration * pullX + gradientX[i] / total);
            gradientY[i] = 4 * (exaggeration * pullY + gradientY[i] / total);
        });
    }

    // Gradient descent with momentum and a gain of each coordinate (Jacobs 1988).
    private sealed class Descent(double[] values, double rate)
    {
        private readonly double[] _step = new double[values.Length], _gain = [.. Enumerable.Repeat(1.0, values.Length)];

        public void Step(double[] gradient, double momentum)
        {
            for (var i = 0; i < values.Length; i++)
            {
                _gain[i] = Math.Max(LeastGain, _step[i] * gradient[i] < 0 ? _gain[i] + 0.2 : _gain[i] * 0.8);
                _step[i] = momentum * _step[i] - rate * _gain[i] * gradient[i];
                values[i] += _step[i];
            }
        }
    }
}
