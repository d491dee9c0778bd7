namespace Dom.Tests.Support;

/// <summary>Runs the built <c>dom</c> program as a process, as a user does.</summary>
public static class DomProgram
{
    /// <summary>The path of the built program beside the tests.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "dom.dll");

    /// <summary>Runs <c>dom</c> to its end and returns what it printed, whatever its exit code.</summary>
    public static Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(arguments, environment: null);

    /// <summary>Runs <c>dom</c> with variables set for it, in a directory, or with a time limit of its own.</summary>
    public static Task<ToolResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment,
        string? directory = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        Tool.RunAsync("dotnet", [Assembly, .. arguments], null, directory, environment, timeout, cancellationToken);
}
