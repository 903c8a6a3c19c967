namespace Byol.Faults.Fuzzing;

/// <summary>A damaged file.</summary>
/// <param name="File">Its name, without folder; how it ends decides how it is read.</param>
/// <param name="Bytes">What is in it.</param>
internal readonly record struct FuzzInput(string File, byte[] Bytes);

/// <summary>A reader of files that nobody vouches for.</summary>
internal interface IFuzzTarget
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>Writes the sound files that belong to a damaged one.</summary>
    /// <param name="folder">Where damaged files will lie.</param>
    void Prepare(string folder);

    /// <summary>A damaged file: a pure function of the random numbers.</summary>
    FuzzInput Mutate(Random random);

    /// <summary>Reads a file as the program does, all of it.</summary>
    /// <param name="path">The damaged file.</param>
    void Read(string path);

    /// <summary>Whether this is how the reader says that it refuses a file, by its documentation.</summary>
    bool IsRefusal(Exception e);
}
