using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary>A command that does something: with examples in its help, and one way to run, report and return.</summary>
/// <example><code>
/// var directory = new Argument&lt;string&gt;("DIRECTORY") { Description = "Only images below it.", HelpName = "DIRECTORY" };
/// return new Verb("list", "Lists images.") { directory }
///     .WithExample("dom image list prod/", "the images of production")
///     .Runs(async (run, cancellationToken) => ExitCode.Done);
/// </code></example>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    private readonly List<(string CommandLine, string Meaning)> _examples = [];
    private readonly List<JsonTypeInfo> _documents = [];

    /// <summary>The examples its help shows.</summary>
    public IReadOnlyList<(string CommandLine, string Meaning)> Examples => _examples;

    /// <summary>What it may print with <c>--json</c>: one of these documents, or lines of them (<see cref="IsStream"/>).</summary>
    public IReadOnlyList<JsonTypeInfo> Documents => _documents;

    /// <summary>True when <c>--json</c> gives one document a line, for as long as the command runs.</summary>
    public bool IsStream { get; private set; }

    /// <summary>The option that makes the verb look only; null when it has none.</summary>
    public Option<bool>? DryRun { get; private set; }

    /// <summary>Says which document <c>--json</c> gives; its schema is in docs/schemas.</summary>
    public Verb Prints(JsonTypeInfo document)
    {
        _documents.Add(document);
        return this;
    }

    /// <summary>Says of which documents <c>--json</c> gives one a line.</summary>
    public Verb PrintsLines(JsonTypeInfo document)
    {
        IsStream = true;
        return Prints(document);
    }

    /// <summary>Adds <c>--dry-run</c>: connections of such a run refuse every method that changes something (<see cref="CommandRun.IsDryRun"/>).</summary>
    /// <param name="ownDocument">True when the document of the verb itself says that nothing was changed.</param>
    public Verb WithDryRun(bool ownDocument = false)
    {
        DryRun = new Option<bool>("--dry-run") { Description = "Says what would be done and changes nothing." };
        Add(DryRun);
        return ownDocument ? this : Prints(OutputJson.Default.DryRunDocument);
    }

    /// <summary>Adds an example to the help.</summary>
    public Verb WithExample(string commandLine, string meaning)
    {
        _examples.Add((commandLine, meaning));
        return this;
    }

    /// <summary>Leaves the command out of help and completion.</summary>
    public Verb AsHidden()
    {
        Hidden = true;
        return this;
    }

    /// <summary>Sets what the command does; it returns one of <see cref="ExitCode"/>.</summary>
    /// <param name="body">The work. Exceptions that a user can act on become messages and exit codes (<see cref="CommandFailure"/>).</param>
    /// <param name="timeout">How long the work may take unless <c>--timeout</c> says otherwise; null for no limit.</param>
    /// <param name="timesEach">The body applies <see cref="CommandRun.GivenTimeout"/> itself, to each of several servers.</param>
    public Verb Runs(Func<CommandRun, CancellationToken, Task<int>> body, TimeSpan? timeout = null, bool timesEach = false)
    {
        SetAction((arguments, cancellationToken) => CommandRun.ExecuteAsync(arguments, body, timeout, timesEach, cancellationToken));
        return this;
    }
}
