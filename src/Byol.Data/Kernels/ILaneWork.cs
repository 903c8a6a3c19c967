namespace Byol.Data.Kernels;

/// <summary>Work that is written once for lanes of any width.</summary>
internal interface ILaneWork
{
    /// <summary>Does it with lanes of one width.</summary>
    void Do<T>() where T : struct, ILane<T>;
}
