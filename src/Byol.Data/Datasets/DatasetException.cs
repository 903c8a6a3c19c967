namespace Byol.Data.Datasets;

/// <summary>Data cannot be used as asked; the message says why and what to do.</summary>
/// <param name="message">Gives value, rule and remedy.</param>
public sealed class DatasetException(string message) : Exception(message);
