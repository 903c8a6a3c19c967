using System.Threading.Channels;
using Byol.OnnxRuntime;

namespace ServiceSample;

/// <summary>Classifiers that requests take turns at: each works for one thread at a time.</summary>
internal sealed class Classifiers : IDisposable
{
    private readonly Channel<OnnxClassifier> _idle = Channel.CreateUnbounded<OnnxClassifier>();

    /// <summary>Opens a file several times.</summary>
    /// <param name="file">What <c>byol classifier</c> wrote.</param>
    /// <param name="count">How many images may be classified at the same time.</param>
    public Classifiers(string file, int count)
    {
        for (var i = 0; i < count; i++) _idle.Writer.TryWrite(OnnxClassifier.Open(file, threads: 1));     // requests share the cores
    }

    /// <summary>Waits for one that is idle, and uses it.</summary>
    public async Task<T> Use<T>(Func<OnnxClassifier, T> use, CancellationToken stop)
    {
        var classifier = await _idle.Reader.ReadAsync(stop);
        try
        {
            return use(classifier);
        }
        finally
        {
            _idle.Writer.TryWrite(classifier);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.Reader.TryRead(out var classifier)) classifier.Dispose();
    }
}
