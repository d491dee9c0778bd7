namespace Dom.Cli.Output;

/// <summary>A stable code for programs, a message for people, and what to do next.</summary>
internal sealed record ErrorDetail(string Code, string Message, string? Hint);
