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
        var hosts = new Argument<string[]>("host") { Description = "Only these machines.", HelpName = "HOST", Arity = ArgumentArity.ZeroOrMore };
        var status = new Option<string[]>("--status") { Description = "Only machines with this status; may be repeated.", HelpName = "WORDS" };
        var location = new Option<string[]>("--location") { Description = "Only machines at this place or below it; may be repeated.", HelpName = "PATH" };
        var tag = new Option<string[]>("--tag") { Description = "Only machines with this tag; all given must match.", HelpName = "NAME=VALUE" };
        var names = new Option<bool>("--names") { Description = "Prints the names only, one a line." };
        return new Verb("list-subs", "Lists machines with their statuses.") { hosts, status, location, tag, names }
            .WithExample("dom ctl list-subs --status 'update failed'", "the machines whose last update failed")
            .WithExample("dom ctl list-subs --names --location SJC/rack4", "the names of the machines of one rack")
            .Runs(
                (run, cancellationToken) =>
                {
                    var query = new SubQuery
                    {
                        Hostnames = run.OptionalValue(hosts) ?? [],
                        Statuses = run.Value(status) ?? [],
                        Locations = run.Value(location) ?? [],
                        Tags = ReadTags(run.Value(tag) ?? []),
                    };
                    return run.Value(names) ? NamesAsync(run, query, cancellationToken) : ListAsync(run, query, cancellationToken);
                },
                TimeSpan.FromMinutes(5));
    }

    private static Dictionary<string, string> ReadTags(string[] pairs)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CommandException(ExitCode.Usage, "BadTag", $"--tag '{pair}' is not NAME=VALUE");
            }

            tags[pair[..equals]] = pair[(equals + 1)..];
        }

        return tags;
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
                .Column("STATUS", s => s.Status, ToneOf)
                .Column("REQUIRED", s => s.RequiredImage)
                .Column("APPLIED", s => s.State?.AppliedImage)
                .Number("STEPS", s => s.State?.Plan is { } plan ? Amounts.Count(plan.Steps) : "")
                .Column("DETAIL", s => s.Detail),
            subs);
        run.Output.Document(new SubInfoPage { Subs = subs }, CtlJson.Default.SubInfoPage);
        return Outcome(query, subs.Count);
    }

    private static Tone ToneOf(SubInfo sub) => sub.Status switch
    {
        "synced" => Tone.Good,
        "updating" or "fetching" or "waiting for turn" or "waiting to fetch" or "computing update" or "sending update" or "sub not ready" => Tone.Busy,
        "unknown" or "connecting" or "image undefined" => Tone.Quiet,
        "updates disabled" or "image not ready" => Tone.Warning,
        _ => Tone.Bad,
    };

    /// <summary>Names that were asked for and are not there are an error; an empty choice is not.</summary>
    private static int Outcome(SubQuery query, int found) => found < query.Hostnames.Count && query.Statuses.Count == 0 && query.Locations.Count == 0 && query.Tags.Count == 0
        ? throw new CommandException(
            found == 0 ? ExitCode.NotFound : ExitCode.Partial, "NoSuchMachine", $"{query.Hostnames.Count - found} of the machines named are not in the machine list")
        : ExitCode.Done;
}
