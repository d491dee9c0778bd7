using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl drift</c>: deviations that no update caused and that were corrected.</summary>
internal static class CtlDriftCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var machines = new CtlSelection();
        var since = CtlSince.Option();
        return machines.AddTo(new Verb("drift", "Lists deviations that no update caused and that were corrected, machine by machine.") { since })
            .Prints(CtlJson.Default.DriftEntries)
            .WithExample("dom ctl drift --since 1d", "what was corrected in the last day, everywhere")
            .WithExample("dom ctl drift web7.example.com --json", "for a program")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (moment, last) = CtlSince.Read(run, since);
                    var query = new DriftQuery { Machines = machines.Read(run), Since = moment, Last = last };
                    var entries = new List<DriftEntry>();
                    await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.GetDrift, query, cancellationToken))
                    {
                        foreach (var entry in page.Entries)
                        {
                            run.Output.Line($"{Amounts.Moment(entry.Received)}  {entry.Hostname}  {Describe(entry.Record)}");
                        }

                        if (run.Output.IsJson)
                        {
                            entries.AddRange(page.Entries);
                        }
                    }

                    run.Output.Document(new DriftEntries { Entries = entries }, CtlJson.Default.DriftEntries);
                    return ExitCode.Done;
                },
                TimeSpan.FromMinutes(10));
    }

    private static string Describe(DriftRecord record)
    {
        var kind = record.Kind.ToString().ToLowerInvariant();
        var fields = record.Differs == DriftFields.None ? "" : $" ({record.Differs.ToString().ToLowerInvariant()})";
        return $"{kind,-8} {record.Path}{fields}{(record.Contested ? "  contested" : "")}";
    }
}
