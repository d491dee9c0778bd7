using System.CommandLine;
using System.Globalization;
using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub get-config</c>: how a sub is set up.</summary>
internal static class SubGetConfigCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        return new Verb("get-config", "Shows how a sub is set up, which speeds are in force and who set them.") { host }
            .Prints(SubJson.Default.SubConfiguration)
            .WithExample("dom sub get-config web7.example.com", "speeds, exclusions, intervals")
            .Runs(
                async (run, cancellationToken) =>
                {
                    Print(run, await SubCommand.Connect(run, run.Value(host)).CallAsync(SubdMethods.GetConfiguration, new GetConfigurationRequest(), cancellationToken));
                    return ExitCode.Done;
                },
                SubCommand.Patience);
    }

    /// <summary>Prints the configuration.</summary>
    public static void Print(CommandRun run, SubConfiguration configuration)
    {
        var facts = new FactLines(run.Output);
        facts.Add("root", configuration.Root);
        facts.Add("scan speed", $"{Percent(configuration.ScanSpeedPercent)}{(configuration.ScanBytesPerSecond > 0 ? $", {Amounts.Bytes(configuration.ScanBytesPerSecond)}/s" : "")}; configured: {Percent(configuration.ConfiguredScanSpeedPercent)}");
        facts.Add("network speed", $"{Percent(configuration.NetworkSpeedPercent)}; configured: {Percent(configuration.ConfiguredNetworkSpeedPercent)}");
        facts.Add("set by master", configuration.MasterSettings is { } master ? $"scan speed {OrNone(master.ScanSpeedPercent)}, network speed {OrNone(master.NetworkSpeedPercent)}" : "nothing");
        facts.Add("set here", configuration.Override?.ToString() ?? "nothing");
        facts.Add("scrub cpu", Percent(configuration.ScrubCpuPercent));
        facts.Add("scrub period", DurationText.Format(configuration.ScrubPeriod));
        facts.Add("sweep interval", $"{DurationText.Format(configuration.MinSweepInterval)} to {DurationText.Format(configuration.SweepInterval)}");
        facts.Add("notice", configuration.Notice);
        facts.Add("services", configuration.ManagesServices ? $"stopped and started; its own is {configuration.OwnService}" : "left alone");
        foreach (var line in configuration.ScanExclusions)
        {
            facts.Add("excluded", line);
        }

        run.Output.Document(configuration, SubJson.Default.SubConfiguration);
    }

    private static string OrNone(double percent) => percent > 0 ? Percent(percent) : "as configured";

    private static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent} %");
}
