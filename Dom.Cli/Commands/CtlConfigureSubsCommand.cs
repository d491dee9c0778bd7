using System.CommandLine;
using System.Globalization;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl configure-subs</c> and <c>get-subs-configuration</c>: speeds of all subs.</summary>
internal static class CtlConfigureSubsCommand
{
    /// <summary>Builds the command that sets them.</summary>
    public static Command BuildSet()
    {
        var scan = new Option<double>("--scan-speed") { Description = "How fast contents are read again in the background, in percent of the first scan; 0 for what each machine says.", HelpName = "PERCENT" };
        var network = new Option<double>("--network-speed") { Description = "The part of the network that fetching may use, in percent; 0 for what each machine says.", HelpName = "PERCENT" };
        var reason = CtlCommand.ReasonOption();
        return new Verb("configure-subs", "Sets speeds for the subs of all machines, in place of those set before; what is not given is as each machine says.") { scan, network, reason }
            .Prints(CtlJson.Default.SubsConfiguration)
            .WithDryRun()
            .WithExample("dom ctl configure-subs --scan-speed 0.5 --reason 'busy week'", "contents are read again four times slower than usual")
            .WithExample("dom ctl configure-subs", "every machine goes by its own configuration again")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ConfigureSubsRequest
                    {
                        Settings = new SubSettings { ScanSpeedPercent = run.Value(scan), NetworkSpeedPercent = run.Value(network) },
                        Reason = run.Value(reason) ?? "",
                    };
                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, request.Settings, cancellationToken);
                    }

                    Show(run, await run.ConnectToMaster().CallAsync(DominatorMethods.ConfigureSubs, request, cancellationToken));
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    /// <summary>Builds the command that shows them.</summary>
    public static Command BuildGet() => new Verb("get-subs-configuration", "Shows the speeds that are set for the subs of all machines.")
        .Prints(CtlJson.Default.SubsConfiguration)
        .WithExample("dom ctl get-subs-configuration", "which, who set them and why")
        .Runs(
            async (run, cancellationToken) =>
            {
                Show(run, await run.ConnectToMaster().CallAsync(DominatorMethods.GetSubsConfiguration, new NoRequest(), cancellationToken));
                return ExitCode.Done;
            },
            CtlStatusCommand.Patience);

    private static async Task<int> LookAsync(CommandRun run, SubSettings settings, CancellationToken cancellationToken)
    {
        if (settings is not { ScanSpeedPercent: >= 0 and <= 100, NetworkSpeedPercent: >= 0 and <= 100 })
        {
            throw new CommandException(ExitCode.Usage, "BadSpeed", "speeds are percentages from 0 (as configured on the machine) to 100", "write --scan-speed 0.5");
        }

        var master = run.ConnectToMaster();
        var now = (await master.CallAsync(DominatorMethods.GetSubsConfiguration, new NoRequest(), cancellationToken)).Settings;
        var machines = (await master.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken)).Machines;
        var report = new DryRunReport(run);
        AddChange("scan speed", now?.ScanSpeedPercent, settings.ScanSpeedPercent);
        AddChange("network speed", now?.NetworkSpeedPercent, settings.NetworkSpeedPercent);
        return report.Print(report.Changes > 0 ? $"would set speeds on all {Amounts.Count(machines, "machine", "machines")}" : "would set what is set already");

        void AddChange(string what, double? before, double after)
        {
            if ((before ?? 0) != after)
            {
                report.Add(what, Describe(before), Describe(after));
            }
        }
    }

    private static void Show(CommandRun run, SubsConfiguration state)
    {
        run.Output.Line($"scan speed: {Describe(state.Settings?.ScanSpeedPercent)}");
        run.Output.Line($"network speed: {Describe(state.Settings?.NetworkSpeedPercent)}");
        if (state.User.Length > 0)
        {
            run.Output.Line($"set by {state.User} at {Amounts.Moment(state.Since)}: {state.Reason}");
        }

        run.Output.Document(state, CtlJson.Default.SubsConfiguration);
    }

    private static string Describe(double? percent) => percent is > 0 and { } value ? value.ToString(CultureInfo.InvariantCulture) + " %" : "as each machine is configured";
}
