using System.CommandLine;

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

    /// <summary>The examples its help shows.</summary>
    public IReadOnlyList<(string CommandLine, string Meaning)> Examples => _examples;

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
    public Verb Runs(Func<CommandRun, CancellationToken, Task<int>> body, TimeSpan? timeout = null)
    {
        SetAction((arguments, cancellationToken) => CommandRun.ExecuteAsync(arguments, body, timeout, cancellationToken));
        return this;
    }
}
