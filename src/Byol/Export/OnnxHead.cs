using Byol.Encoders;

namespace Byol.Export;

/// <summary>A classifier of embeddings as ONNX nodes: probabilities, the label, and novelty.</summary>
/// <param name="Weights">Rows of the classes, [C,D]; standardization and temperature are inside.</param>
/// <param name="Bias">[C].</param>
/// <param name="Shift">What probabilities take in beside that, [C]: how frequent the classes are.</param>
/// <param name="References">Training features of length 1, [R,D].</param>
/// <param name="Neighbors">Novelty is 1 − the cosine to the k-th nearest of them.</param>
/// <param name="Tiles">Views that make an image, one after the other in the batch.</param>
/// <param name="Pooling">How their embeddings become one.</param>
internal sealed record OnnxHead(
    float[] Weights, float[] Bias, float[] Shift, float[] References, int Neighbors, int Tiles, TilePooling Pooling)
{
    public const string Probabilities = "probabilities", Label = "label", Novelty = "novelty";

    /// <summary>Bytes of its constants.</summary>
    public long Bytes => sizeof(float) * (long)(Weights.Length + Bias.Length + Shift.Length + References.Length);

    /// <summary>Adds everything behind the embedding, and declares the outputs.</summary>
    public void AddTo(OnnxGraph graph)
    {
        var (classes, dimension) = (Bias.Length, Weights.Length / Bias.Length);
        var (embedding, normalized) = Tiles == 1 ? (OnnxWriter.Embedding, OnnxWriter.Normalized) : Pooled(graph, dimension);
        var logits = graph.Node("Gemm", "head",
            [embedding, graph.Constant("head.weight", Weights, classes, dimension), graph.Constant("head.bias", Bias, classes)],
            ("transB", 1L));
        var shifted = graph.Node("Add", "shifted", [logits, graph.Constant("head.shift", Shift, classes)]);
        graph.Node("Softmax", Probabilities, [shifted], ("axis", 1L));
        graph.Node("ArgMax", Label, [logits], ("axis", 1L), ("keepdims", 0L));

        var columns = Transposed(References, dimension);                                                // [D,R]
        var cosines = graph.Node("MatMul", "cosines",
            [normalized, graph.Constant("references", columns, dimension, References.Length / dimension)]);
        var nearest = graph.TopK("nearest", cosines, graph.Constant("neighbors", [(long)Neighbors], 1));
        var kth = graph.Node("ReduceMin", "kth", [nearest], ("axes", new[] { 1L }), ("keepdims", 0L));
        var distance = graph.Node("Sub", "distance", [graph.Constant("one", [1f]), kth]);
        graph.Node("Relu", Novelty, [distance]);                        // rounding may take the cosine above 1

        var images = Tiles == 1 ? "batch" : "images";
        graph.Output(Probabilities, images, classes);
        graph.OutputOfInt64(Label, images);
        graph.Output(Novelty, images);
    }

    private (string Embedding, string Normalized) Pooled(OnnxGraph graph, int dimension)
    {
        var apart = graph.Node("Reshape", "tiles", [OnnxWriter.Embedding, graph.Constant("tiles.shape", [-1L, Tiles, dimension], 3)]);
        var operation = Pooling == TilePooling.Max ? "ReduceMax" : "ReduceMean";
        var pooled = graph.Node(operation, "pooled", [apart], ("axes", new[] { 1L }), ("keepdims", 0L));
        return (pooled, OnnxWriter.Normalize(graph, pooled, "pooled_normalized", "pooled.norm"));
    }

    private static float[] Transposed(float[] rows, int dimension)
    {
        var (count, columns) = (rows.Length / dimension, new float[rows.Length]);
        for (var r = 0; r < count; r++)
        {
            for (var d = 0; d < dimension; d++) columns[d * count + r] = rows[r * dimension + d];
        }
        return columns;
    }
}
