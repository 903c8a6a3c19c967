using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation;

namespace Byol.Comparison;

/// <summary>The features of an option: computed once for all protocols.</summary>
/// <param name="option">The option.</param>
internal sealed class OptionFeatures(ComparedOption option) : IDisposable
{
    private readonly EncoderSubject _subject = option.Subject();
    private readonly Dictionary<IDataset, FeatureBank> _banks = new(ReferenceEqualityComparer.Instance);
    private IImageEncoder? _encoder;

    /// <summary>The features of images, which are the caller's.</summary>
    public FeatureBank Encode(IDataset data) => option.IsPixels ? FeatureBank.RawPixels(data, _subject.Views)
        : FeatureBank.Encode(_encoder ??= _subject.Open(), data);

    /// <summary>The same, computed once; the caller disposes what it is given.</summary>
    public FeatureBank Once(IDataset data)
    {
        if (!_banks.TryGetValue(data, out var bank)) _banks[data] = bank = Encode(data);
        return bank.Shared();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var bank in _banks.Values) bank.Dispose();
        _encoder?.Dispose();
    }
}
