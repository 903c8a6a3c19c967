namespace Byol.Maps;

/// <summary>Points of a plane in nested squares, so that far ones push together (Barnes and Hut 1986).</summary>
/// <param name="count">Points that it is built of, again and again.</param>
/// <param name="theta">Squares whose side is less than this share of their distance push as one.</param>
internal sealed class QuadTree(int count, double theta)
{
    private const int Deepest = 40;
    private Node[] _nodes = new Node[4 * count + 64];
    private int _used;
    private readonly double[] _sides = new double[Deepest + 2];   // of each depth, squared, over θ²
    private double _side;

    private struct Node
    {
        public double X, Y;            // the mean of its points
        public double CenterX, CenterY;
        public int Mass, Depth, Children;    // the first of four, or 0
    }

    /// <summary>Builds the tree of some points.</summary>
    public void Build(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double left = double.MaxValue, right = double.MinValue, bottom = double.MaxValue, top = double.MinValue;
        for (var i = 0; i < x.Length; i++)
        {
            (left, right) = (Math.Min(left, x[i]), Math.Max(right, x[i]));
            (bottom, top) = (Math.Min(bottom, y[i]), Math.Max(top, y[i]));
        }
        _side = Math.Max(Math.Max(right - left, top - bottom), 1e-12);
        for (var depth = 0; depth < _sides.Length; depth++) _sides[depth] = Math.Pow(_side / theta * Math.Pow(0.5, depth), 2);
        _nodes[0] = new Node { CenterX = (left + right) / 2, CenterY = (bottom + top) / 2 };
        _used = 1;
        for (var i = 0; i < x.Length; i++) Insert(x[i], y[i]);
    }

    /// <summary>What all points do to a place: the sum of q = 1/(1 + d²), and of q² times the way from each.</summary>
    /// <param name="x">The place.</param>
    /// <param name="y">The place.</param>
    public (double Q, double X, double Y) Repulsion(double x, double y)
    {
        Span<int> stack = stackalloc int[4 * Deepest];
        double sum = 0, forceX = 0, forceY = 0;
        stack[0] = 0;
        for (var top = 1; top > 0;)
        {
            ref readonly var node = ref _nodes[stack[--top]];
            var (dx, dy) = (x - node.X, y - node.Y);
            var distance = dx * dx + dy * dy;
            if (node.Children == 0 || _sides[node.Depth] < distance)
            {
                var q = 1 / (1 + distance);
                var weighted = node.Mass * q;
                sum += weighted;
                forceX += weighted * q * dx;
                forceY += weighted * q * dy;
                continue;
            }
            for (var child = node.Children; child < node.Children + 4; child++)
            {
                if (_nodes[child].Mass > 0) stack[top++] = child;
            }
        }
        return (sum, forceX, forceY);
    }

    private void Insert(double x, double y)
    {
        for (var at = 0; ;)
        {
            ref var node = ref _nodes[at];
            var isLeaf = node.Children == 0;
            var joins = isLeaf && (node.Mass == 0 || node.Depth == Deepest || (node.X == x && node.Y == y));
            if (isLeaf && !joins)
            {
                Split(at);
                node = ref _nodes[at];      // the array may have grown
            }
            node.X = (node.X * node.Mass + x) / (node.Mass + 1);
            node.Y = (node.Y * node.Mass + y) / (node.Mass + 1);
            node.Mass++;
            if (joins) return;
            at = node.Children + Quarter(node, x, y);
        }
    }

    // What the leaf held goes into one of its quarters.
    private void Split(int at)
    {
        if (_used + 4 > _nodes.Length) Array.Resize(ref _nodes, 2 * _nodes.Length);
        ref var node = ref _nodes[at];
        var quarter = _side * Math.Pow(0.5, node.Depth + 2);
        for (var i = 0; i < 4; i++)
        {
            _nodes[_used + i] = new Node
            {
                CenterX = node.CenterX + ((i & 1) == 0 ? -quarter : quarter),
                CenterY = node.CenterY + ((i & 2) == 0 ? -quarter : quarter),
                Depth = node.Depth + 1,
            };
        }
        node.Children = _used;
        ref var holds = ref _nodes[_used + Quarter(node, node.X, node.Y)];
        (holds.X, holds.Y, holds.Mass) = (node.X, node.Y, node.Mass);
        _used += 4;
    }

    private static int Quarter(in Node node, double x, double y) => (x >= node.CenterX ? 1 : 0) + (y >= node.CenterY ? 2 : 0);
}
