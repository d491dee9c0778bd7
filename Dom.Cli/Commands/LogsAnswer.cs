namespace Dom.Cli.Commands;

/// <summary>What one of several targets answered, or why it did not.</summary>
internal sealed record LogsAnswer<T>(LogsTarget Target, T? Value, Exception? Fault)
    where T : class;
