namespace Dom.Tests.Support;

/// <summary>Runs the built <c>dom</c> program as a process, as a user does.</summary>
public static class DomProgram
{
    /// <summary>The path of the built program beside the tests.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "dom.dll");

    /// <summary>
    /// How <c>dom</c> is started: the single file that machines get, when run.sh has published it (<c>DOM_TEST_PROGRAM</c>), otherwise the program beside the tests,
    /// which takes several times the time to start.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } = Published is { } program ? [program] : ["dotnet", Assembly];

    /// <summary>The published program; null when there is none.</summary>
    public static string? Published => Environment.GetEnvironmentVariable("DOM_TEST_PROGRAM") is { Length: > 0 } program ? program : null;

    /// <summary>Runs <c>dom</c> to its end and returns what it printed, whatever its exit code.</summary>
    public static Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(arguments, environment: null);

    /// <summary>Runs <c>dom</c> with variables set for it, in a directory, or with a time limit of its own.</summary>
    public static Task<ToolResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment,
        string? directory = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        Tool.RunAsync(Command[0], [.. Command.Skip(1), .. arguments], null, directory, environment, timeout, cancellationToken);
}
