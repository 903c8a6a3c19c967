namespace Byol.Data.Datasets;

/// <summary>Data cannot be used as asked; the message says why and what to do.</summary>
/// <param name="message">Value, rule, remedy.</param>
public sealed class DatasetException(string message) : Exception(message);
