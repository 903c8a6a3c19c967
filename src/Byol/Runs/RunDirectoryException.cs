namespace Byol.Runs;

/// <summary>A run folder cannot be used as asked; the message says why and what to do.</summary>
/// <param name="message">Gives value, rule and remedy.</param>
public sealed class RunDirectoryException(string message) : Exception(message);
