using System.CommandLine;
using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub restart-service</c>: restarts one service of a machine.</summary>
internal static class SubRestartServiceCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var service = new Argument<string>("service") { Description = "The service, as systemctl or ServiceCommand= names it.", HelpName = "SERVICE" };
        var reason = CtlControls.ReasonOption();
        return new Verb("restart-service", "Restarts one service of a machine, whatever triggers say. Needs Subd.RestartService named in the certificate.") { host, service, reason }
            .Prints(SubJson.Default.SubServiceDocument)
            .WithExample("dom sub restart-service web7.example.com nginx --reason 'leaks memory'", "one service")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (machine, name) = (run.Value(host), run.Value(service));
                    var request = new RestartServiceRequest { Service = name, Reason = CtlControls.RequireReason(run, reason) };
                    await SubCommand.Connect(run, machine).CallAsync(SubdMethods.RestartService, request, cancellationToken);
                    run.Output.Line($"restarted {name} on {machine}");
                    run.Output.Document(new SubServiceDocument(machine, name), SubJson.Default.SubServiceDocument);
                    return ExitCode.Done;
                },
                Limit);
    }
}
