namespace Dom.Core.Machines;

/// <summary>A machine list that cannot be used, with the place of the fault.</summary>
public sealed class MachineListException : Exception
{
    /// <summary>Creates the error; <paramref name="line"/> and <paramref name="position"/> count from 1, 0 where there is no place.</summary>
    public MachineListException(string message, long line = 0, long position = 0, Exception? innerException = null)
        : base(line > 0 ? $"line {line}, position {position}: {message}" : message, innerException)
    {
        Line = line;
        Position = position;
    }

    /// <summary>Line of the fault, from 1; 0 when it has none.</summary>
    public long Line { get; }

    /// <summary>Byte in the line, from 1.</summary>
    public long Position { get; }
}
