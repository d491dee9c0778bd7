using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.InteropServices;
using Dom.Cli.Configuration;
using Dom.Core.Systemd;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Cli.Commands;

/// <summary><c>dom run</c>: runs roles in this process until it is told to end.</summary>
internal static class RunCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var role = new Option<string[]>("--role", "-r")
        {
            Description = "The roles to run, each with a port of its own.",
            HelpName = "ROLE[,ROLE]",
            Required = true,
            CompletionSources = { _ => RoleDeclaration.All.Select(r => new CompletionItem(r.Name)) },
        };
        var level = new Option<LogLevel>("--log-level")
        {
            Description = "The least important messages that are logged.",
            HelpName = "Debug|Information|Warning|Error",
            DefaultValueFactory = _ => LogLevel.Information,
        };
        var check = new Option<bool>("--check") { Description = "Read the configuration of the roles, and end without running them." };
        return new Verb("run", "Runs one or more roles until SIGTERM or Ctrl-C.") { role, level, check }
            .WithExample("dom run --role=sub", "the agent, configured by /etc/dom/dom.conf")
            .WithExample("dom run --role=imageserver,master --config ./lab.conf", "two servers in one process")
            .Runs((run, cancellationToken) =>
            {
                var roles = Select(run.Value(role) ?? []);
                return run.Value(check) ? CheckAsync(run, roles) : RunUntilReplacedAsync(run, roles, run.Value(level), cancellationToken);
            });
    }

    /// <summary>What a new program is asked before the old one ends: whether it would come as far as running its roles.</summary>
    private static async Task<int> CheckAsync(CommandRun run, IReadOnlyList<RoleDeclaration> roles)
    {
        foreach (var declaration in roles)
        {
            await using var role = declaration.Create(run.Configuration, NullLoggerFactory.Instance, run.Time);
            run.Output.Line($"{role.Name}: the configuration is good");
        }

        return ExitCode.Done;
    }

    /// <summary>Runs roles. When an update replaces the program, a service manager starts the new one; without one this process becomes it.</summary>
    private static async Task<int> RunUntilReplacedAsync(CommandRun run, IReadOnlyList<RoleDeclaration> roles, LogLevel level, CancellationToken cancellationToken)
    {
        var program = OwnProgram.Current;
        try
        {
            return await RunAsync(run, roles, level, cancellationToken);
        }
        catch (ProgramReplacedException)
        {
            if (!ServiceNotifier.IsUnderServiceManager)
            {
                run.Output.Note("an update replaced this program; the new one begins");
                program.Execute();
            }

            run.Output.Note("an update replaced this program; the service manager starts the new one");
            return ExitCode.Replaced;
        }
    }

    private static async Task<int> RunAsync(CommandRun run, IReadOnlyList<RoleDeclaration> roles, LogLevel level, CancellationToken cancellationToken)
    {
        using var logs = ConsoleLogging.Create(level);
        using var systemd = new ServiceNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

        // Certificates and lists are read again when their files change, so that a hang-up has nothing to do but must not end the process.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        await using var running = new RunningRoles();
        foreach (var declaration in roles)
        {
            var role = declaration.Create(run.Configuration, logs, run.Time);
            await running.StartAsync(role, cancellationToken);
            run.Output.Note($"{role.Name} answers at {role.Address}");
        }

        systemd.Ready(string.Join(", ", running.Started.Select(r => $"{r.Name} at {r.Address}")));
        await running.WaitAsync(cancellationToken);
        systemd.Stopping();
        return ExitCode.Done;
    }

    private static List<RoleDeclaration> Select(string[] given)
    {
        var names = given.SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        var unknown = names.FirstOrDefault(n => RoleDeclaration.All.All(r => r.Name != n));
        if (unknown is not null || names.Count == 0)
        {
            var all = RoleDeclaration.All.Select(r => r.Name).ToList();
            throw new CommandException(ExitCode.Usage, "NoSuchRole", $"there is no role '{unknown}'",
                Suggestion.For(unknown ?? "", all) ?? $"the roles are {string.Join(", ", all)}");
        }

        return [.. RoleDeclaration.All.Where(r => names.Contains(r.Name))];
    }
}
