using Byol.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

public sealed class SecondThreadTests
{
    [Fact]
    public void Both_parts_are_done_on_threads_of_their_own()
    {
        using var second = new SecondThread();
        var threads = new List<(int Here, int There)>();
        for (var i = 0; i < 3; i++)
        {
            var (here, there) = (0, 0);
            second.RunBoth(() => here = Environment.CurrentManagedThreadId, () => there = Environment.CurrentManagedThreadId);
            threads.Add((here, there));
        }
        Assert.Equal(Environment.CurrentManagedThreadId, threads[0].Here);
        Assert.NotEqual(threads[0].Here, threads[0].There);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public void What_either_made_belongs_to_the_callers_scope()
    {
        using var second = new SecondThread();
        Tensor[] here, there;
        using (var scope = NewDisposeScope())
        {
            (here, there) = second.RunBoth(scope, () => [ones(1), ones(3)], () => [ones(2), ones(4)]);
            Assert.Equal([1f, 1f], there[0].data<float>().ToArray());
        }
        Assert.All(here.Concat(there), made => Assert.True(made.IsInvalid));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_failure_of_either_reaches_the_caller_and_the_next_work_is_done(bool here, bool there)
    {
        var threads = get_num_threads();
        using var second = new SecondThread();
        var message = Assert.Throws<InvalidDataException>(() => second.RunBoth(() => Fail(here, "here"), () => Fail(there, "there"))).Message;
        Assert.Equal(here ? "here" : "there", message);
        Assert.Equal(threads, get_num_threads());
        var done = 0;
        second.RunBoth(() => Interlocked.Increment(ref done), () => Interlocked.Increment(ref done));
        Assert.Equal(2, done);

        static void Fail(bool fails, string message)
        {
            if (fails) throw new InvalidDataException(message);
        }
    }
}
