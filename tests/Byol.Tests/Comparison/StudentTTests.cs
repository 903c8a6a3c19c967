using Byol.Comparison;
using static TorchSharp.torch;

namespace Byol.Tests.Comparison;

public sealed class StudentTTests
{
    [Fact]
    public void Tails_and_quantiles_are_SciPys()
    {
        using var scope = NewDisposeScope();
        double[] freedoms = [1, 1.7, 2, 5, 9.3, 30, 211.4, 5000];
        double[] ts = [-40, -3, -1, 0, 0.01, 0.5, 1, 1.96, 2.5, 6, 40];
        var cases = (from f in freedoms from t in ts select (t, f, Tail: 0.5 / (1 + t * t))).ToList();
        var answer = Oracle.Ask("student_t.py",
            [("t", tensor(cases.Select(c => c.t).ToArray())), ("freedom", tensor(cases.Select(c => c.f).ToArray())),
                ("tail", tensor(cases.Select(c => c.Tail).ToArray()))]);
        var (tails, quantiles) = (answer["tail"].data<double>().ToArray(), answer["quantile"].data<double>().ToArray());
        for (var i = 0; i < cases.Count; i++)
        {
            Assert.Equal(1, (StudentT.Tail(cases[i].t, cases[i].f) + 1e-300) / (tails[i] + 1e-300), 1e-9);
            Assert.Equal(quantiles[i], StudentT.Quantile(cases[i].Tail, cases[i].f), 1e-7 * (1 + quantiles[i]));
        }
    }
}
