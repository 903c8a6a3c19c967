namespace Byol.Evaluation;

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

    /// <summary>Members of a set.</summary>
    /// <param name="root">As <see cref="Find"/> gives it.</param>
    public int Size(int root) => _size[root];

    /// <summary>Joins two sets.</summary>
    /// <param name="first">As <see cref="Find"/> gives it.</param>
    /// <param name="second">That of another set.</param>
    /// <returns>The one of the two that stands for both from now on.</returns>
    public int Join(int first, int second)
    {
        var (a, b) = _size[first] < _size[second] ? (second, first) : (first, second);
        _parent[b] = a;
        _size[a] += _size[b];
        return a;
    }
}
