namespace Byol.Export;

/// <summary>A classifier of embeddings as ONNX nodes: probabilities, the label, and novelty.</summary>
/// <param name="Weights">Rows of the classes, [C,D]; standardization and temperature are inside.</param>
/// <param name="Bias">[C].</param>
/// <param name="References">Training features of length 1, [R,D].</param>
/// <param name="Neighbors">Novelty is 1 − the cosine to the k-th nearest of them.</param>
internal sealed record OnnxHead(float[] Weights, float[] Bias, float[] References, int Neighbors)
{
    public const string Probabilities = "probabilities", Label = "label", Novelty = "novelty";

    /// <summary>Bytes of its constants.</summary>
    public long Bytes => sizeof(float) * (long)(Weights.Length + Bias.Length + References.Length);

    /// <summary>Adds everything behind the embedding, and declares the outputs.</summary>
    public void AddTo(OnnxGraph graph)
    {
        var (classes, dimension) = (Bias.Length, Weights.Length / Bias.Length);
        var logits = graph.Node("Gemm", "head",
            [OnnxWriter.Embedding, graph.Constant("head.weight", Weights, classes, dimension), graph.Constant("head.bias", Bias, classes)],
            ("transB", 1L));
        graph.Node("Softmax", Probabilities, [logits], ("axis", 1L));
        graph.Node("ArgMax", Label, [logits], ("axis", 1L), ("keepdims", 0L));

        var columns = Transposed(References, dimension);                                                // [D,R]
        var cosines = graph.Node("MatMul", "cosines",
            [OnnxWriter.Normalized, graph.Constant("references", columns, dimension, References.Length / dimension)]);
        var nearest = graph.TopK("nearest", cosines, graph.Constant("neighbors", [(long)Neighbors], 1));
        var kth = graph.Node("ReduceMin", "kth", [nearest], ("axes", new[] { 1L }), ("keepdims", 0L));
        var distance = graph.Node("Sub", "distance", [graph.Constant("one", [1f]), kth]);
        graph.Node("Relu", Novelty, [distance]);                        // rounding may take the cosine above 1

        graph.Output(Probabilities, "batch", classes);
        graph.OutputOfInt64(Label, "batch");
        graph.Output(Novelty, "batch");
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
