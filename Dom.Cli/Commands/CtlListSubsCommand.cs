using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl list-subs</c>: the machines and their statuses.</summary>
internal static class CtlListSubsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var machines = new CtlSelection();
        var names = new Option<bool>("--names") { Description = "Prints the names only, one a line." };
        return machines.AddTo(new Verb("list-subs", "Lists machines with their statuses.") { names })
            .Prints(CtlJson.Default.SubInfoPage)
            .Prints(CtlJson.Default.SubNamesPage)
            .WithExample("dom ctl list-subs --status 'update failed'", "the machines whose last update failed")
            .WithExample("dom ctl list-subs --outdated", "the machines for whose image there is a newer one")
            .WithExample("dom ctl list-subs --names --location SJC/rack4", "the names of the machines of one rack")
            .Runs(
                (run, cancellationToken) =>
                {
                    var query = machines.Read(run);
                    return run.Value(names) ? NamesAsync(run, query, cancellationToken) : ListAsync(run, query, cancellationToken);
                },
                TimeSpan.FromMinutes(5));
    }

    private static async Task<int> NamesAsync(CommandRun run, SubQuery query, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.ListSubs, query, cancellationToken))
        {
            names.AddRange(page.Hostnames);
            foreach (var name in page.Hostnames)
            {
                run.Output.Line(name);
            }
        }

        run.Output.Document(new SubNamesPage { Hostnames = names }, CtlJson.Default.SubNamesPage);
        return Outcome(query, names.Count);
    }

    private static async Task<int> ListAsync(CommandRun run, SubQuery query, CancellationToken cancellationToken)
    {
        var subs = new List<SubInfo>();
        await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.GetInfoForSubs, query, cancellationToken))
        {
            subs.AddRange(page.Subs);
        }

        run.Output.Table(
            new TextTable<SubInfo>()
                .Column("NAME", s => s.Hostname)
                .Column("STATUS", s => s.Status, s => CtlSelection.ToneOf(s.Status))
                .Column("REQUIRED", s => s.RequiredImage)
                .Column("APPLIED", s => s.State?.AppliedImage)
                .Number("STEPS", s => s.State?.Plan is { } plan ? Amounts.Count(plan.Steps) : "")
                .Column("DETAIL", s => s.Detail),
            subs);
        run.Output.Document(new SubInfoPage { Subs = subs }, CtlJson.Default.SubInfoPage);
        return Outcome(query, subs.Count);
    }

    /// <summary>Names that were asked for and are not there are an error; an empty choice is not.</summary>
    private static int Outcome(SubQuery query, int found) => found < query.Hostnames.Count && query.Statuses.Count == 0 && query.Locations.Count == 0 && query.Tags.Count == 0 && !query.Outdated
        ? throw new CommandException(
            found == 0 ? ExitCode.NotFound : ExitCode.Partial, "NoSuchMachine", $"{query.Hostnames.Count - found} of the machines named are not in the machine list", "`dom ctl list-subs --names` lists them")
        : ExitCode.Done;
}
