namespace Byol.Interop;

/// <summary>What oneDNN, the library of convolutions inside libtorch, believes of the processor's caches. It cuts its work to them.</summary>
internal enum CacheView
{
    /// <summary>It sees them.</summary>
    Seen,

    /// <summary>The processor hides them, and oneDNN goes by its own guess for unknown processors: 32 KiB, 512 KiB and 1 MiB.</summary>
    Guessed,

    /// <summary>The processor hides them, and oneDNN takes each for a single byte: its 1x1 convolutions end the process or are wrong.</summary>
    Hidden,
}
