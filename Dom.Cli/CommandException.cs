namespace Dom.Cli;

/// <summary>A command cannot do what was asked, for a reason its user can act on.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="code">A stable word for programs, such as <c>NotADirectory</c>.</param>
/// <param name="message">What is wrong, naming the thing.</param>
/// <param name="hint">What to do next; null when the message says it.</param>
public sealed class CommandException(int exitCode, string code, string message, string? hint = null) : Exception(message)
{
    /// <summary>What the program returns.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>A stable word for programs.</summary>
    public string Code { get; } = code;

    /// <summary>What to do next, or null.</summary>
    public string? Hint { get; } = hint;
}
