using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>What the controls of machines have in common: names, a length of time, a reason that must be given, an outcome for each machine.</summary>
internal static class CtlControls
{
    /// <summary>The argument that names machines.</summary>
    public static Argument<string[]> HostsArgument() =>
        new Argument<string[]>("host") { Description = "The machines, as the machine list names them.", HelpName = "HOST", Arity = ArgumentArity.OneOrMore }.CompletesWith(NameKind.Machine);

    /// <summary>The option that says why something is done; must be given.</summary>
    public static Option<string> ReasonOption() => new("--reason") { Description = "Why; must be given: it is kept for everybody who asks later.", HelpName = "TEXT" };

    /// <summary>The reason that was given; a dry run needs none.</summary>
    /// <exception cref="CommandException">None was.</exception>
    public static string RequireReason(CommandRun run, Option<string> reason) => run.Value(reason) is { } text && !string.IsNullOrWhiteSpace(text)
        ? text
        : run.IsDryRun ? ""
        : throw new CommandException(ExitCode.Usage, "NoReason", "a reason is needed", "add --reason 'why you do this'; it is kept in the audit log");

    /// <summary>Reads a length of time.</summary>
    /// <exception cref="CommandException">The text is none.</exception>
    public static TimeSpan ReadTime(string option, string text)
    {
        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadTime", $"{option} '{text}' is not a length of time", "write 30min, 8h or 7d");
        }
    }

    /// <summary>Calls a control and shows what became of it, or with <c>--dry-run</c> what would.</summary>
    /// <param name="run">The run.</param>
    /// <param name="hostnames">The machines.</param>
    /// <param name="call">Calls the master.</param>
    /// <param name="done">What has been done to machines, such as "paused".</param>
    /// <param name="faultOf">Why a machine is none to which it can be done; null when any is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>0, or 3 when it was not done to all.</returns>
    public static async Task<int> ApplyAsync(
        CommandRun run,
        IReadOnlyList<string> hostnames,
        Func<RpcChannel, CancellationToken, Task<ControlResponse>> call,
        string done,
        Func<SubInfo, string?>? faultOf,
        CancellationToken cancellationToken)
    {
        if (run.IsDryRun)
        {
            var report = new DryRunReport(run);
            await report.AddMachinesAsync(run.ConnectToMaster(), new SubQuery { Hostnames = hostnames }, _ => done, faultOf, cancellationToken);
            return report.Print($"would apply this to {Amounts.Count(report.Changes, "machine", "machines")}: {done}");
        }

        var response = await call(run.ConnectToMaster(), cancellationToken);
        foreach (var host in response.Done)
        {
            run.Output.Line($"{host}: {done}");
        }

        foreach (var fault in response.Failed)
        {
            run.Output.Note($"{fault.Hostname}: {fault.Message}");
        }

        run.Output.Document(response, CtlJson.Default.ControlResponse);
        return response.Failed.Count > 0 ? ExitCode.Partial : ExitCode.Done;
    }
}
