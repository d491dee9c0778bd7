using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb list</c>: the machines of the list in force.</summary>
internal static class MdbListCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = new Argument<string[]>("host") { Description = "Only these machines.", HelpName = "HOST", Arity = ArgumentArity.ZeroOrMore }.CompletesWith(NameKind.ListedMachine);
        var location = new Option<string[]>("--location") { Description = "Only machines at this place or below it; may be repeated.", HelpName = "PATH" };
        var tag = new Option<string[]>("--tag") { Description = "Only machines with this tag; all given must match.", HelpName = "NAME=VALUE" };
        var image = new Option<string[]>("--image") { Description = "Only machines that require this image or will; may be repeated.", HelpName = "IMAGE" }.CompletesWith(NameKind.Image);
        var names = new Option<bool>("--names") { Description = "Prints the names only, one a line." };
        return new Verb("list", "Lists the machines of the list in force.") { hosts, location, tag, image, names }
            .Prints(MdbJson.Default.MdbPage)
            .WithExample("dom mdb list --location SJC/rack4", "the machines of one rack")
            .WithExample("dom mdb list --image web/101 --names", "the names of the machines that need an image")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var wanted = (run.OptionalValue(hosts) ?? []).ToHashSet(StringComparer.Ordinal);
                    var tags = CtlSelection.ReadTags(run.Value(tag) ?? []);
                    var chosen = new List<Machine>();
                    await foreach (var page in run.ConnectToMdbServer().StreamAsync(MdbServerMethods.GetMdb, new MdbRequest(), cancellationToken))
                    {
                        chosen.AddRange(page.Machines.Where(m => (wanted.Count == 0 || wanted.Contains(m.Hostname))
                            && Matches(m, run.Value(location) ?? [], tags, run.Value(image) ?? [])));
                    }

                    Print(run.Output, chosen, run.Value(names));
                    return wanted.Count == 0 || tags.Count > 0 ? ExitCode.Done : Outcome(wanted, chosen);
                },
                MdbCommand.Patience);
    }

    private static bool Matches(Machine machine, string[] locations, Dictionary<string, string> tags, string[] images) =>
        (locations.Length == 0 || locations.Any(l => IsAtOrBelow(machine.Location, l.TrimEnd('/'))))
        && (images.Length == 0 || images.Contains(machine.RequiredImage) || images.Contains(machine.PlannedImage))
        && tags.All(t => machine.Tags.TryGetValue(t.Key, out var value) && value == t.Value);

    private static bool IsAtOrBelow(string location, string place) =>
        location.StartsWith(place, StringComparison.Ordinal) && (location.Length == place.Length || location[place.Length] == '/');

    private static void Print(ConsoleOutput output, List<Machine> machines, bool namesOnly)
    {
        output.Document(new MdbPage { Machines = machines }, MdbJson.Default.MdbPage);
        if (namesOnly)
        {
            machines.ForEach(m => output.Line(m.Hostname));
            return;
        }

        output.Table(
            new TextTable<Machine>()
                .Column("NAME", static m => m.Hostname)
                .Column("LOCATION", static m => m.Location)
                .Column("REQUIRED", static m => m.RequiredImage)
                .Column("PLANNED", static m => m.PlannedImage)
                .Column("UPDATES", static m => m.DisableUpdates ? "disabled" : "")
                .Column("SOURCE", static m => m.DataSourceIdentifier.Length > 0 ? m.DataSourceIdentifier : m.DataSourceType),
            machines);
    }

    /// <summary>Names that were asked for and are not there are an error; an empty choice is not.</summary>
    private static int Outcome(HashSet<string> wanted, List<Machine> chosen)
    {
        wanted.ExceptWith(chosen.Select(static m => m.Hostname));
        return wanted.Count == 0
            ? ExitCode.Done
            : throw new CommandException(
                chosen.Count == 0 ? ExitCode.NotFound : ExitCode.Partial,
                "NoSuchMachine",
                $"not in the machine list: {string.Join(", ", wanted.Order(HostNameOrder.Instance))}",
                "`dom mdb show HOST` says whether a source has it");
    }
}
