using System.CommandLine;
using System.Runtime.InteropServices;
using Dom.Cli.Output;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>The root of the command tree: one line here for each noun, each verb in a file of its own.</summary>
public static class DomCommand
{
    /// <summary>The options every command takes.</summary>
    internal static ConnectionOptions Connection { get; } = new();

    /// <summary>Builds the command tree.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("dom keeps fleets of Linux machines identical to their OS images.")
        {
            QuickstartCommand.Build(),
            RunCommand.Build(),
            CtlCommand.Build(),
            ImageCommand.Build(),
            MdbCommand.Build(),
            LockCommand.Build(),
            SubCommand.Build(),
            LogsCommand.Build(),
            CertCommand.Build(),
            ConfigCommand.Build(),
            CompletionCommand.Build(),
            SetupCommand.Build(),
            PackageFilesCommand.Build(),
        };
        root.SetAction(arguments => root.Parse("--help").Invoke());
        Connection.AddTo(root);
        DomHelp.Attach(root);
        return root;
    }

    /// <summary>Parses and runs one command line; returns one of <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Build();
        args = LockCommand.Spell(args);
        var arguments = root.Parse(args);
        if (arguments.Errors.Count > 0 && arguments.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            ConsoleOutput.ForConsole(args.Contains("--json"), TimeProvider.System).Failure(Misunderstood(arguments));
            return ExitCode.Usage;
        }

        using var stop = new CancellationTokenSource();
        var endedBy = 0;
        using var interrupt = OnSignal(PosixSignal.SIGINT, ExitCode.Interrupted);
        using var terminate = OnSignal(PosixSignal.SIGTERM, ExitCode.Terminated);
        var code = await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }, stop.Token);
        return code == ExitCode.Interrupted && endedBy != 0 ? endedBy : code;

        PosixSignalRegistration OnSignal(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
        {
            // The first signal asks the command to end; the second one ends the process as if nobody listened.
            context.Cancel = Interlocked.CompareExchange(ref endedBy, exitCode, 0) == 0;
            stop.Cancel();
        });
    }

    private static CommandFailure Misunderstood(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        var known = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)
            .Concat(command.Options.Concat(arguments.RootCommandResult.Command.Options).Select(o => o.Name));
        var hint = arguments.UnmatchedTokens.Select(t => Suggestion.For(t, known)).FirstOrDefault(s => s is not null)
            ?? $"`{PathOf(arguments.CommandResult)} --help` shows what it takes";
        return new CommandFailure(ExitCode.Usage, "Usage", string.Join('\n', arguments.Errors.Select(e => e.Message).Distinct()), hint);
    }

    /// <summary>A command as people type it, such as <c>dom image show</c>.</summary>
    internal static string PathOf(System.CommandLine.Parsing.CommandResult command)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = command; at is System.CommandLine.Parsing.CommandResult result; at = at.Parent)
        {
            names.Insert(0, result.Command is RootCommand ? "dom" : result.Command.Name);
        }

        return string.Join(' ', names);
    }
}
