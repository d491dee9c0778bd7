using System.CommandLine;
using Dom.Core.Contracts.Logger;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom logs level</c>: shows or sets which lines running roles log.</summary>
internal static class LogsLevelCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var targets = LogsTarget.Argument();
        var level = LogsSelection.LevelOption("The least important lines to log; without it the levels in force are shown.");
        var category = new Option<string>("--category") { Description = "Only for this category and those below it, such as Dom.Roles.Sub.Update.", HelpName = "NAME" };
        var time = new Option<string>("--for") { Description = "After this time the level goes back by itself; without it, when the role restarts.", HelpName = "TIME" };
        var reset = new Option<bool>("--reset") { Description = "Takes back what was set: for --category, or without it everything." };
        var reason = CtlCommand.ReasonOption();
        return new Verb("level", "Shows which lines running roles log, or sets it, for a time if you like; audited.") { targets, level, category, time, reset, reason }
            .Prints(LogsJson.Default.LogsLevelDocument)
            .WithExample("dom logs level sub@web7", "the levels in force")
            .WithExample("dom logs level sub@web7 --level Debug --category Dom.Roles.Sub --for 30min --reason 'updates fail'", "more of one part, for half an hour")
            .WithExample("dom logs level sub@web7 --reset", "everything as at the start")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var all = LogsTargets.Read(run, run.Value(targets));
                    var request = Read(run.Value(level), run.Value(reset), run.Value(time), run.Value(category) ?? "", run.Value(reason) ?? "");
                    return await ApplyAsync(run, all, request, cancellationToken);
                },
                timesEach: true);
    }

    /// <summary>What is to be set; null when levels are only shown.</summary>
    private static SetLogLevelRequest? Read(LogSeverity? level, bool reset, string? time, string category, string reason) => (level, reset) switch
    {
        (not null, true) => throw new CommandException(ExitCode.Usage, "BothLevelAndReset", "--level sets a level and --reset takes it back", "give one of them"),
        (null, false) when time is not null || category.Length > 0 =>
            throw new CommandException(ExitCode.Usage, "NoLevel", "--for and --category belong to a level that is set", "add --level, or --reset"),
        (null, false) => null,
        (null, true) when time is not null => throw new CommandException(ExitCode.Usage, "BothForAndReset", "--reset does not end by itself", "leave --for out"),
        _ => new SetLogLevelRequest
        {
            Category = category,
            Level = level ?? LogSeverity.Information,
            Reset = reset,
            Lifetime = time is null ? null : CtlControls.ReadTime("--for", time),
            Reason = reason,
        },
    };

    private static async Task<int> ApplyAsync(CommandRun run, LogsTargets targets, SetLogLevelRequest? request, CancellationToken cancellationToken)
    {
        var roles = new List<LogsRoleLevels>();
        var failed = false;
        var answers = targets.AskAsync(
            (channel, token) => request is null ? channel.CallAsync(LoggerMethods.GetLevels, new LogLevelsRequest(), token) : channel.CallAsync(LoggerMethods.SetLevel, request, token),
            cancellationToken);
        await foreach (var answer in answers)
        {
            if (answer.Value is not { } levels)
            {
                failed = true;
                var error = targets.Report(answer.Target, answer.Fault ?? new InvalidOperationException("there is no answer"));
                roles.Add(new LogsRoleLevels(answer.Target.Text, [], error));
                continue;
            }

            roles.Add(new LogsRoleLevels(answer.Target.Text, levels.Rules, null));
            foreach (var rule in levels.Rules)
            {
                run.Output.Line($"{targets.Prefix(answer.Target)}{(rule.Category.Length > 0 ? rule.Category : "all others")}  {rule.Level}{Origin(rule)}");
            }
        }

        run.Output.Document(new LogsLevelDocument(roles), LogsJson.Default.LogsLevelDocument);
        return failed ? ExitCode.Partial : ExitCode.Done;
    }

    private static string Origin(LogLevelRule rule) => rule switch
    {
        { User.Length: 0 } => "",
        { Until: { } until } => $"  set by {rule.User} until {Amounts.Moment(until)}",
        _ => $"  set by {rule.User} until it is taken back or the role restarts",
    };
}
