using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>A single process: there are no other ranks.</summary>
internal sealed class SingleProcess : ICollective
{
    private SingleProcess()
    {
    }

    public static SingleProcess Instance { get; } = new();

    public int Rank => 0;

    public int Count => 1;

    public void Sum(Tensor values)
    {
    }

    public void Sum(Span<double> values)
    {
    }

    public void Max(Span<double> values)
    {
    }

    public void Broadcast(Span<byte> bytes, int from)
    {
    }

    public ICollective Duplicate() => this;

    public void Abort(int exitCode) => Environment.Exit(exitCode);
}
