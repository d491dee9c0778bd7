namespace Dom.Core.Linux;

/// <summary>A system call failed: which, on what, why, and what helps.</summary>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="error">The error number.</param>
    /// <param name="operation">What was tried, such as <c>open</c>.</param>
    /// <param name="path">What it was tried on, printable.</param>
    public LinuxException(Errno error, string operation, string path)
        : base(Describe(error, operation, path))
    {
        Error = error;
        Operation = operation;
        Path = path;
    }

    /// <summary>The error number.</summary>
    public Errno Error { get; }

    /// <summary>What was tried.</summary>
    public string Operation { get; }

    /// <summary>What it was tried on, with bytes that are no text escaped as <c>\xNN</c>.</summary>
    public string Path { get; }

    /// <summary>True when the thing is simply not there (any more).</summary>
    public bool IsNotFound => Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ESTALE;

    private static string Describe(Errno error, string operation, string path)
    {
        var remedy = error.Remedy();
        var what = $"cannot {operation} '{path}': {error.Meaning()} ({error.Name()})";
        return remedy.Length == 0 ? what : $"{what}; {remedy}";
    }
}
