using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>One thread of libtorch for as long as a small fit takes, and afterwards as many as before.</summary>
/// <remarks>A fit is thousands of small operations: where the machine has other work, threads that wait for one another cost ten times what
/// they save.</remarks>
internal sealed class ProbeThreads : IDisposable
{
    private const long WorthSharing = 1 << 26;   // multiplications of one product
    private readonly int _before = get_num_threads();

    /// <param name="multiplications">Those of one product with the features.</param>
    public ProbeThreads(long multiplications)
    {
        if (multiplications < WorthSharing) set_num_threads(1);
    }

    /// <inheritdoc/>
    public void Dispose() => set_num_threads(_before);
}
