using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl history</c>: what happened to a machine.</summary>
internal static class CtlHistoryCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = new Argument<string?>("host") { Description = "The machine; without one, the controls of the whole fleet.", HelpName = "HOST", Arity = ArgumentArity.ZeroOrOne }.CompletesWith(NameKind.Machine);
        var since = CtlSince.Option();
        return new Verb("history", "Shows what happened to a machine: deviations, updates, losses of contact, controls.") { host, since }
            .Prints(CtlJson.Default.HistoryPage)
            .WithExample("dom ctl history web7.example.com --since 2d", "two days of one machine")
            .WithExample("dom ctl history", "who stopped and enabled updates, and why")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (moment, last) = CtlSince.Read(run, since);
                    var request = new HistoryRequest { Hostname = run.OptionalValue(host) ?? "", Since = moment, Last = last };
                    var records = new List<HistoryRecord>();
                    await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.GetHistory, request, cancellationToken))
                    {
                        foreach (var record in page.Records)
                        {
                            run.Output.Line($"{Amounts.Moment(record.Time)}  {Describe(record)}");
                        }

                        if (run.Output.IsJson)
                        {
                            records.AddRange(page.Records);
                        }
                    }

                    run.Output.Document(new HistoryPage { Records = records }, CtlJson.Default.HistoryPage);
                    return ExitCode.Done;
                },
                TimeSpan.FromMinutes(5));
    }

    private static string Describe(HistoryRecord record) => record.Kind switch
    {
        HistoryKind.Deviation when record is { Steps: 0, Blocked: 0, Unknown: 0, Contested: 0 } => $"in sync with {record.Image}",
        HistoryKind.Deviation => $"differs from {record.Image}: {Amounts.Count(record.Steps, "step", "steps")}, {record.Blocked} blocked, {record.Unknown} unreadable, {record.Contested} contested",
        HistoryKind.Required => record.Image.Length > 0 ? $"required image is {record.Image}" : "no image is required",
        HistoryKind.UpdateBegun => $"{Purpose(record)} begun: {Amounts.Count(record.Steps, "step", "steps")}",
        HistoryKind.UpdateEnded => $"{Purpose(record)} {record.Outcome} after {DurationText.Format(record.Took)}{Because(record)}",
        HistoryKind.Lost => $"does not answer{Because(record)}",
        HistoryKind.Answers => "answers again",
        HistoryKind.Rebooted => $"has rebooted{Because(record)}",
        HistoryKind.TurnFailed => $"its turn for {record.Image} failed{Because(record)}",
        HistoryKind.Control => $"{record.Outcome}{(record.Image.Length > 0 ? $" {record.Image}" : "")} by {record.User}{Because(record)}",
        _ => $"{record.Kind}{Because(record)}",
    };

    private static string Purpose(HistoryRecord record) => record.IsDrift ? "correction" : $"update to {record.Image}";

    private static string Because(HistoryRecord record) => record.Text.Length > 0 ? $": {record.Text}" : "";
}
