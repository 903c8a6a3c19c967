using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;

namespace Byol.Encoders;

/// <summary>A convolution of an ONNX graph and the BatchNorm after it; null if that is folded into it.</summary>
internal sealed record OnnxConvolution(OnnxNode Node, OnnxNode? Norm);

/// <summary>A residual block of an ONNX graph.</summary>
/// <param name="Branch">Its convolutions.</param>
/// <param name="Shortcut">The projection of its shortcut, or null.</param>
internal sealed record OnnxBlock(IReadOnlyList<OnnxConvolution> Branch, OnnxConvolution? Shortcut);

/// <summary>A residual network found in an ONNX graph by following its values, with any names and any order of nodes. Anything that does
/// not belong to it is refused; what comes behind its pooling is not looked at.</summary>
/// <param name="Scaling">What is done to the image before the first convolution.</param>
/// <param name="Stem">The first convolution.</param>
/// <param name="Pools">Whether a max-pool of 3x3 and stride 2 follows it.</param>
/// <param name="Blocks">The residual blocks.</param>
internal sealed record OnnxTrunk(ChannelScaling Scaling, OnnxConvolution Stem, bool Pools, IReadOnlyList<OnnxBlock> Blocks)
{
    private const string Remedy = "only residual networks of torchvision's kind can be trained";

    /// <summary>All convolutions: the stem, then of each block the branch and the projection.</summary>
    public IEnumerable<OnnxConvolution> Convolutions =>
        Blocks.SelectMany(b => b.Shortcut is null ? b.Branch : b.Branch.Append(b.Shortcut)).Prepend(Stem);

    /// <summary>Finds it.</summary>
    /// <exception cref="InvalidDataException">The graph is another network's; the message says where it is another.</exception>
    public static OnnxTrunk Find(OnnxModel model) => new Reader(model).Read();

    /// <summary>The constant that a node is given.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">The node.</param>
    /// <param name="place">Which of its inputs.</param>
    /// <exception cref="InvalidDataException">It is not a constant.</exception>
    public static OnnxTensor Constant(OnnxModel model, OnnxNode node, int place) =>
        place < node.Inputs.Count && model.Constants.TryGetValue(node.Inputs[place], out var constant) ? constant
            : throw new InvalidDataException(
                $"{model.Path}: input {place} of {node.Operation} {Printable.Of(node.Outputs[0])} is not a constant; {Remedy}.");

    private sealed class Reader(OnnxModel model)
    {
        private readonly ILookup<string, OnnxNode> _users =
            model.Nodes.SelectMany(n => n.Inputs.Distinct().Select(i => (i, n))).ToLookup(u => u.i, u => u.n, StringComparer.Ordinal);

        public OnnxTrunk Read()
        {
            if (model.Inputs is not [var input]) throw Unknown($"has {model.Inputs.Count} inputs where one image is needed");
            var (at, scaling) = (input.Name, ChannelScaling.None);
            while (Next(at) is { Operation: "Sub" or "Add" or "Mul" or "Div" } arithmetic)
            {
                scaling = scaling.Then(model, arithmetic, at);
                at = arithmetic.Outputs[0];
            }
            var stem = Convolution(ref at);
            at = Through(at, "Relu").Outputs[0];
            var pool = _users[at].FirstOrDefault(u => u.Operation == "MaxPool");
            if (pool is not null) at = RequirePool(Through(at, pool.Operation)).Outputs[0];
            var blocks = new List<OnnxBlock>();
            while (_users[at].Any(u => u.Operation == "Conv")) blocks.Add(Block(ref at));
            if (blocks.Count == 0) throw Unknown($"has no residual block behind {Printable.Of(at)}");
            RequirePooling(at);
            return new OnnxTrunk(scaling, stem, pool is not null, blocks);
        }

        private OnnxBlock Block(ref string at)
        {
            var users = _users[at].ToList();
            var chains = users.Where(u => u.Operation == "Conv").Select(Chain).OrderByDescending(c => c.Convolutions.Count).ToList();
            var (branch, sum) = chains[0];
            var joins = chains.Count switch
            {
                1 => users.Count == 2 && users.Contains(sum),
                2 => users.Count == 2 && chains[1].Sum == sum && chains[1].Convolutions.Count == 1,
                _ => false,
            };
            if (!joins || sum.Inputs.Count != 2)
                throw Unknown($"branches at {Printable.Of(at)} in a way that no residual block does");
            at = Through(sum.Outputs[0], "Relu").Outputs[0];
            return new OnnxBlock(branch, chains.Count == 2 ? chains[1].Convolutions[0] : null);
        }

        // From one convolution to the sum that it leads to, ReLU between each and the next.
        private (List<OnnxConvolution> Convolutions, OnnxNode Sum) Chain(OnnxNode first)
        {
            var (convolutions, at) = (new List<OnnxConvolution>(), "");
            for (var node = first; ; node = Through(at, "Conv"))
            {
                convolutions.Add(Convolution(node, out at));
                if (Next(at) is { Operation: "Add" or "Sum" } sum) return (convolutions, sum);
                at = Through(at, "Relu").Outputs[0];
            }
        }

        private OnnxConvolution Convolution(ref string at) => Convolution(Through(at, "Conv"), out at);

        private OnnxConvolution Convolution(OnnxNode node, out string at)
        {
            at = node.Outputs[0];
            if (Next(at) is not { Operation: "BatchNormalization" } norm) return new OnnxConvolution(node, null);
            at = norm.Outputs[0];
            return new OnnxConvolution(node, norm);
        }

        private void RequirePooling(string at)
        {
            var users = _users[at].ToList();
            if (users.Count > 0 && !users.Any(u => u.Operation is "GlobalAveragePool" or "AveragePool" or "ReduceMean"))
                throw Unknown($"has {users[0].Operation} behind its last block where the average over all places is needed");
        }

        private OnnxNode RequirePool(OnnxNode pool) => pool.Whole("kernel_shape") is [3, 3] && pool.Whole("strides", 1, 1) is [2, 2]
            && OnnxPads.Fit(pool, 3, 2) ? pool : throw Unknown("has a max-pool of another kind than 3x3 with stride 2 and padding 1");

        private OnnxNode Through(string at, string operation) => Next(at) is var node && node.Operation == operation ? node
            : throw Unknown($"has {Printable.Of(node.Operation)} behind {Printable.Of(at)} where {operation} is needed");

        private OnnxNode Next(string at) => _users[at].ToList() switch
        {
            [var node] => node,
            [] => throw Unknown($"ends at {Printable.Of(at)}"),
            _ => throw Unknown($"branches at {Printable.Of(at)} where no residual network does"),
        };

        private InvalidDataException Unknown(string how) => new($"{model.Path} {how}; {Remedy}.");
    }
}

/// <summary>Paddings of a graph beside torchvision's, k/2 on every side.</summary>
internal static class OnnxPads
{
    /// <summary>Whether every output lies where torchvision's does. Behind the last row and column a stride of 2 may need one less: where
    /// the size is even, it is never looked at.</summary>
    /// <param name="node">A convolution or pooling.</param>
    /// <param name="kernel">k.</param>
    /// <param name="stride">1 or 2.</param>
    public static bool Fit(OnnxNode node, long kernel, long stride)
    {
        if (node.Text("auto_pad") is not (null or "" or "NOTSET")) return kernel == 1;
        var (begin, least) = (kernel / 2, kernel / 2 - (stride - 1));
        return node.Whole("pads", 0, 0, 0, 0) is [var top, var left, var bottom, var right] && top == begin && left == begin
            && bottom <= begin && bottom >= least && right <= begin && right >= least;
    }
}
