namespace Byol.Runs;

/// <summary>Reads the lines of a log that were added since it last looked, while another process writes it. A log that became another,
/// because its run was resumed or began again, is read from its beginning.</summary>
/// <param name="path">The log; it need not exist, and a link is not followed.</param>
internal sealed class LogTail(string path)
{
    /// <summary>Longer lines are skipped: no record is so long, and a damaged file may be one line.</summary>
    public const int LongestLine = 1 << 20;

    private const int Remembered = 128;
    private readonly byte[] _buffer = new byte[LongestLine];
    private byte[] _before = [];        // what stood before the position
    private long _position;
    private bool _passingOver;

    /// <summary>Receives a line without its end.</summary>
    public delegate void LineReader(ReadOnlySpan<byte> line);

    /// <summary>Reads what is new. A last line without its end is left for the next time.</summary>
    /// <param name="restart">Is called before lines are read from the beginning again.</param>
    /// <param name="read">Receives every whole line.</param>
    /// <exception cref="IOException">The log cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public void Read(Action restart, LineReader read)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null })
        {
            if (_position > 0) Restart(restart);
            return;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!IsTheSame(file)) Restart(restart);
        var start = _position;
        file.Position = _position;
        while (file.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false) is > 0 and var count)
        {
            var used = Lines(_buffer.AsSpan(0, count), read);
            if (used == 0 && count == _buffer.Length) (used, _passingOver) = (count, true);
            _position += used;
            file.Position = _position;
            if (count < _buffer.Length) break;
        }
        if (_position > start) Remember(file);
    }

    private int Lines(ReadOnlySpan<byte> bytes, LineReader read)
    {
        var used = 0;
        while (bytes[used..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (!_passingOver) read(bytes.Slice(used, length));
            (used, _passingOver) = (used + length + 1, false);
        }
        return used;
    }

    private void Restart(Action restart)
    {
        (_position, _passingOver, _before) = (0, false, []);
        restart();
    }

    // A log that was cut and written on may be longer than before: then other bytes stand where the last ones were read.
    private bool IsTheSame(FileStream file)
    {
        if (file.Length < _position) return false;
        var now = new byte[_before.Length];
        file.Position = _position - now.Length;
        return file.ReadAtLeast(now, now.Length, throwOnEndOfStream: false) == now.Length && now.AsSpan().SequenceEqual(_before);
    }

    private void Remember(FileStream file)
    {
        _before = new byte[Math.Min(Remembered, _position)];
        file.Position = _position - _before.Length;
        file.ReadExactly(_before);
    }
}
