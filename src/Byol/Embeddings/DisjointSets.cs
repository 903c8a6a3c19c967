namespace Byol.Embeddings;

/// <summary>Sets that grow together: union by size, paths halved (Tarjan 1975).</summary>
internal sealed class DisjointSets(int count)
{
    private readonly int[] _parent = [.. Enumerable.Range(0, count)];
    private readonly int[] _size = [.. Enumerable.Repeat(1, count)];

    /// <summary>What all members of a set have in common.</summary>
    public int Find(int member)
    {
        while (_parent[member] != member) member = _parent[member] = _parent[_parent[member]];
        return member;
    }

    public void Join(int first, int second)
    {
        var (a, b) = (Find(first), Find(second));
        if (a == b) return;
        if (_size[a] < _size[b]) (a, b) = (b, a);
        _parent[b] = a;
        _size[a] += _size[b];
    }
}
