using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.InteropServices;
using Dom.Cli.Configuration;
using Dom.Cli.Output;
using Dom.Core.Systemd;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Hosting.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Cli.Commands;

/// <summary><c>dom run</c>: runs roles in this process until it is told to end.</summary>
internal static partial class RunCommand
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
            Description = "The least important messages that are logged; `dom logs level` changes it while a role runs.",
            HelpName = "Debug|Information|Warning|Error",
            DefaultValueFactory = _ => LogLevel.Information,
        };
        var check = new Option<bool>("--check") { Description = "Read the configuration of the roles, and end without running them." };
        return new Verb("run", "Runs one or more roles until SIGTERM or Ctrl-C.") { role, level, check }
            .PrintsLines(OutputJson.Default.RoleDocument)
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
        using var logs = ConsoleLogging.Create();
        using var systemd = new ServiceNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

        // Certificates and lists are read again when their files change, so that a hang-up has nothing to do but must not end the process.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        await using var running = new RunningRoles();
        foreach (var declaration in roles)
        {
            var role = declaration.Create(run.Configuration, new RoleLogging(logs, level, run.Time), run.Time);
            await running.StartAsync(role, cancellationToken);
            run.Output.Note($"{role.Name} answers at {role.Address}");
            run.Output.StreamedDocument(new RoleDocument(role.Name, role.Address.ToString(), BuildVersion.Text), OutputJson.Default.RoleDocument);
        }

        systemd.Ready(string.Join(", ", running.Started.Select(r => $"{r.Name} at {r.Address}")));
        await WaitAsync(running, systemd, logs, run.Time, cancellationToken);
        systemd.Stopping();
        return ExitCode.Done;
    }

    /// <summary>Waits for the end, and tells systemd's watchdog meanwhile that the roles' loops go on.</summary>
    private static async Task WaitAsync(RunningRoles running, ServiceNotifier systemd, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var loops = running.Started.SelectMany(r => r.Loops).ToList();
        if (StallPoint.Loop is { Length: > 0 } stalled && loops.All(l => l.Name != stalled))
        {
            throw new CommandException(ExitCode.Usage, "NoSuchLoop", $"{StallPoint.Variable} names no loop of these roles", $"the loops are {string.Join(", ", loops.Select(l => l.Name))}");
        }

        if (ServiceWatchdog.LimitOf(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID")) is not { } limit)
        {
            await running.WaitAsync(cancellationToken);
            return;
        }

        var logger = logs.CreateLogger("Dom.Cli.Watchdog");
        var watchdog = new ServiceWatchdog(systemd, loops, limit, time) { StandsStill = (loop, since) => LogStandsStill(logger, loop, since.TotalSeconds, limit.TotalSeconds) };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = watchdog.RunAsync(ending.Token);
        var waiting = running.WaitAsync(ending.Token);
        await Task.WhenAny(watching, waiting);
        await ending.CancelAsync();
        await waiting;
        await ((Task)watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (watching.Exception is { InnerException: { } fault })
        {
            throw new CommandException(ExitCode.Failed, "WatchdogEnded", $"systemd's watchdog cannot be told: {fault.Message}", "start the service again");
        }
    }

    [LoggerMessage(EventId = 9001, EventName = "LoopStandsStill", Level = LogLevel.Error,
        Message = "the loop {Loop} has given no sign of life for {Seconds:F0} s; after {Limit:F0} s systemd ends this process and starts it anew")]
    private static partial void LogStandsStill(ILogger logger, string loop, double seconds, double limit);

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
