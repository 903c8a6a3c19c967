namespace Byol.Training;

/// <summary>Recipe keys that had another name: files that Byol wrote are read under it for good.</summary>
internal static class RenamedKeys
{
    private static readonly Dictionary<string, string> Now = new()
    {
        ["optimizer.per_images"] = "optimizer.base_batch_size",
        ["optimizer.predictor_rate"] = "optimizer.predictor_learning_rate_scale",
        ["training.knn_every_epochs"] = "training.evaluate_every_epochs",
        ["training.knn_neighbours"] = "training.knn_neighbors",
        ["training.on_nan"] = "training.on_non_finite",
        ["training.first_image_size"] = "training.initial_image_size",
        ["training.full_size_from"] = "training.full_resolution_at",
    };

    /// <summary>Every former name.</summary>
    public static IReadOnlyCollection<string> Former => Now.Keys;

    /// <summary>The present name of a key.</summary>
    /// <param name="name">A key by its present or former name.</param>
    /// <param name="warn">Receives a line if the key is the former one; null to accept it.</param>
    public static string Current(string name, Action<string>? warn)
    {
        if (!Now.TryGetValue(name, out var current)) return name;
        warn?.Invoke($"{name} is now called {current}; the old name will be refused in the next version.");
        return current;
    }
}
