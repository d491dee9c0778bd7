using System.CommandLine;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl get-info-for-subs</c>: everything the master knows of machines, for programs.</summary>
internal static class CtlInfoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var machines = new CtlSelection();
        return machines.AddTo(new Verb("get-info-for-subs", "Prints everything the master knows of machines: one JSON object a line with --json, else a few lines each."))
            .PrintsLines(CtlJson.Default.SubInfo)
            .WithExample("dom ctl get-info-for-subs --json --location SJC --tag Type=frontend", "each machine of a place with a tag")
            .WithExample("dom ctl get-info-for-subs --status 'update failed'", "why updates failed")
            .Runs(
                async (run, cancellationToken) =>
                {
                    await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.GetInfoForSubs, machines.Read(run), cancellationToken))
                    {
                        foreach (var sub in page.Subs)
                        {
                            CtlShowSubCommand.Print(run, sub);
                            run.Output.Line();
                            run.Output.StreamedDocument(sub, CtlJson.Default.SubInfo);
                        }
                    }

                    return ExitCode.Done;
                },
                TimeSpan.FromMinutes(5));
    }
}
