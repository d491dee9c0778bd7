using System.CommandLine;
using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub set-config</c>, <c>boost</c> and <c>shed</c>: speeds of one machine for a time.</summary>
internal static class SubSpeedCommands
{
    /// <summary>Builds the command that sets percentages or takes them back.</summary>
    public static Command BuildSetConfig()
    {
        var host = SubCommand.HostArgument();
        var scan = new Option<double>("--scan-speed") { Description = "How fast contents are read again in the background, in percent of the device's speed.", HelpName = "PERCENT" };
        var network = new Option<double>("--network-speed") { Description = "The part of the network that fetching may use, in percent.", HelpName = "PERCENT" };
        var reset = new Option<bool>("--reset") { Description = "Takes back what set-config, boost or shed have set." };
        var time = TimeOption();
        var reason = CtlCommand.ReasonOption();
        return new Verb(
            "set-config",
            "Sets speeds of one machine for a time, in place of those set before; they end by themselves, and when its sub restarts. For good: [Sub] of its configuration.")
            {
                host, scan, network, reset, time, reason,
            }
            .Prints(SubJson.Default.SubConfiguration)
            .WithExample("dom sub set-config web7.example.com --scan-speed 0.5 --for 8h", "slower until the evening")
            .WithExample("dom sub set-config web7.example.com --reset", "as configured, or as the master says, again")
            .Runs(
                (run, cancellationToken) =>
                {
                    var isReset = run.Value(reset);
                    if (isReset == (run.Value(scan) != 0 || run.Value(network) != 0))
                    {
                        throw new CommandException(ExitCode.Usage, "NoSpeed", "name speeds that are set, or take back those that were", "add --scan-speed, --network-speed or --reset");
                    }

                    var request = new SetSpeedsRequest
                    {
                        Mode = isReset ? SpeedMode.Reset : SpeedMode.Percent,
                        ScanSpeedPercent = run.Value(scan),
                        NetworkSpeedPercent = run.Value(network),
                    };
                    return SetAsync(run, run.Value(host), request, run.Value(time), run.Value(reason), cancellationToken);
                },
                SubCommand.Patience);
    }

    /// <summary>Builds the command that has everything read again as fast as it goes.</summary>
    public static Command BuildBoost() => Build(
        SpeedMode.Boost, "boost", "Reads contents again as fast as the disk gives them, for a time, also while programs wait for it.", "after a disk was repaired: everything is verified soon");

    /// <summary>Builds the command that nearly stops reading again.</summary>
    public static Command BuildShed() => Build(
        SpeedMode.Shed, "shed", "Nearly stops reading contents again (0.1 % of the disk's speed), for a time; changes are still noticed.", "while something else needs the disk");

    private static Verb Build(SpeedMode mode, string name, string description, string meaning)
    {
        var host = SubCommand.HostArgument();
        var time = TimeOption();
        var reason = CtlCommand.ReasonOption();
        return new Verb(name, description) { host, time, reason }
            .Prints(SubJson.Default.SubConfiguration)
            .WithExample($"dom sub {name} web7.example.com --for 2h", meaning)
            .WithExample("dom sub set-config web7.example.com --reset", "takes it back before its time")
            .Runs((run, cancellationToken) => SetAsync(run, run.Value(host), new SetSpeedsRequest { Mode = mode }, run.Value(time), run.Value(reason), cancellationToken), SubCommand.Patience);
    }

    private static Option<string> TimeOption() => new("--for") { Description = "How long; then it goes back by itself. 1h unless given, 7d at most.", HelpName = "TIME" };

    private static async Task<int> SetAsync(CommandRun run, string host, SetSpeedsRequest request, string? time, string? reason, CancellationToken cancellationToken)
    {
        request = request with { Lifetime = time is null ? TimeSpan.Zero : CtlControls.ReadTime("--for", time), Reason = reason ?? "" };
        SubGetConfigCommand.Print(run, await SubCommand.Connect(run, host).CallAsync(SubdMethods.SetSpeeds, request, cancellationToken));
        return ExitCode.Done;
    }
}
