namespace Byol.Runs;

/// <summary>Receives the records of a run: the log, a display, a program's own code.</summary>
public interface IRunListener
{
    /// <summary>Receives a record, on the training thread, between steps. The next step waits until the method returns.</summary>
    /// <param name="record">What happened.</param>
    void Receive(RunRecord record);
}

/// <summary>Passes each record to several listeners, one after the other.</summary>
/// <param name="listeners">The listeners, in their order.</param>
internal sealed class RunListeners(params IReadOnlyList<IRunListener> listeners) : IRunListener
{
    public void Receive(RunRecord record)
    {
        foreach (var listener in listeners) listener.Receive(record);
    }
}

/// <summary>A listener that is a method.</summary>
/// <param name="receive">The method.</param>
internal sealed class ActionListener(Action<RunRecord> receive) : IRunListener
{
    public void Receive(RunRecord record) => receive(record);
}
