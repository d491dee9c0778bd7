using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.MdbServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb sources</c>: the sources, how old their data is, and what is wrong.</summary>
internal static class MdbSourcesCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var check = new Option<bool>("--check") { Description = "Returns 3 when something is wrong." };
        return new Verb("sources", "Shows the sources, how old their data is, and what is wrong.") { check }
            .Prints(MdbJson.Default.MdbStatus)
            .WithExample("dom mdb sources", "where do the machines come from, and is all well?")
            .WithExample("dom mdb sources --check", "for a monitoring job")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var status = await run.ConnectToMdbServer().CallAsync(MdbServerMethods.GetStatus, new MdbRequest(), cancellationToken);
                    run.Output.Document(status, MdbJson.Default.MdbStatus);
                    Print(run, status);
                    return run.Value(check) && status.Problems.Count > 0 ? ExitCode.Partial : ExitCode.Done;
                },
                MdbCommand.Patience);
    }

    private static void Print(CommandRun run, MdbStatus status)
    {
        var now = run.Time.GetUtcNow();
        run.Output.Table(
            new TextTable<MdbSourceStatus>()
                .Column("SOURCE", static s => s.Name)
                .Column("STATE", static s => s.Error.Length > 0 ? "fault" : s.CheckedAt is null ? "not read yet" : "good", static s => s.Error.Length > 0 ? Tone.Bad : Tone.Good)
                .Number("MACHINES", static s => Amounts.Count(s.Machines))
                .Column("READ", s => Amounts.Ago(now - s.CheckedAt))
                .Column("CHANGED", s => Amounts.Ago(now - s.ChangedAt))
                .Number("FAILED", static s => Amounts.Count(s.Failures)),
            status.Sources);
        run.Output.Line();
        run.Output.Line(status.PublishedAt is { } at
            ? $"{Amounts.Count(status.Machines, "machine", "machines")} in force since {Amounts.Moment(at)}, {Amounts.Count(status.Pauses.Count)} paused, {Amounts.Count(status.Watchers, "reader", "readers")} of the stream"
            : "there is no machine list yet");
        foreach (var pause in status.Pauses)
        {
            run.Output.Line($"paused: {pause.Hostname} {MdbPauseCommand.Describe(pause)}");
        }

        foreach (var problem in status.Problems)
        {
            run.Output.Line($"problem: {problem}");
        }
    }
}
