using Byol.Data.Datasets;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Keeps what the encoder makes of some images at an evaluation, which has just computed it, in the run's folder, with small
/// pictures of them: for maps that are drawn while it trains or afterwards.</summary>
/// <param name="run">The run's folder.</param>
internal sealed class RunEmbeddings(string run)
{
    private EmbeddingSnapshot? _offered;
    private IDataset? _images;
    private int[] _places = [];
    private IReadOnlyList<string> _pictured = [];

    /// <summary>Takes representations of an evaluation.</summary>
    /// <param name="images">What they are of.</param>
    /// <param name="indices">Which of the images, a row each.</param>
    /// <param name="representations">[N,D].</param>
    public void Offer(IDataset images, IReadOnlyList<int> indices, Tensor representations)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var most = Math.Min(EmbeddingSnapshot.MostImages, indices.Count);
        var kept = Enumerable.Range(0, most).Select(i => (int)((long)i * indices.Count / most)).ToArray();
        using var rows = tensor(kept.Select(i => (long)i).ToArray());
        var directions = nn.functional.normalize(
            representations.cpu().to(ScalarType.Float32).index_select(0, rows), p: 2, dim: 1).to(ScalarType.Float16);
        int[] places = [.. kept.Select(i => indices[i])];
        string[] names = [.. places.Select(images.ItemName)];
        string?[] labels = [.. places.Select(i => images.Label(i) is { } label ? images.Classes[label] : null)];
        _offered = new EmbeddingSnapshot(
            0, 0, images.Name, (int)representations.shape[1], directions.data<Half>().ToArray(), names,
            labels.Contains(null) ? [] : [.. labels.Select(l => l!)]);
        (_images, _places) = (images, places);
    }

    /// <summary>Writes what was offered last, if anything was.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="epoch">Epochs done.</param>
    /// <param name="warn">Receives a line if it cannot be written, because a run must not end for a missing map.</param>
    public void Write(long step, double epoch, Action<string> warn)
    {
        if (_offered is not { } offered) return;
        _offered = null;
        try
        {
            Picture(_images!, offered.Names);
            (offered with { Step = step, Epoch = epoch }).Write(run);
        }
        catch (IOException e)
        {
            warn($"No map of this evaluation: {e.Message}");
        }
    }

    // Once, as they do not change.
    private void Picture(IDataset images, IReadOnlyList<string> names)
    {
        if (_pictured.SequenceEqual(names)) return;
        var thumbnails = new byte[names.Count][];
        Parallel.For(0, thumbnails.Length, i => thumbnails[i] = Thumbnail.Small(images, _places[i]));
        SnapshotThumbnails.Write(run, thumbnails);
        _pictured = names;
    }
}
