using System.CommandLine;
using Dom.Core.Contracts.Logger;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>Which lines of a log a command shows.</summary>
internal sealed class LogsSelection(string linesDescription)
{
    private readonly Option<LogSeverity?> _level = LevelOption("Only lines this important or more.");
    private readonly Option<string> _since = CtlSince.Option();
    private readonly Option<string> _filter = new("--filter") { Description = "Only lines with this in message, category or name of the event; case is ignored.", HelpName = "TEXT" };
    private readonly Option<string> _category = new("--category") { Description = "Only lines whose category has this in it, such as Dom.Roles.Sub.", HelpName = "TEXT" };
    private readonly Option<int?> _lines = new("--lines") { Description = linesDescription, HelpName = "N" };

    /// <summary>An option that takes a level.</summary>
    public static Option<LogSeverity?> LevelOption(string description) => new("--level") { Description = description, HelpName = string.Join('|', Enum.GetNames<LogSeverity>()) };

    /// <summary>Gives a command these options.</summary>
    public Verb AddTo(Verb verb)
    {
        foreach (var option in new Option[] { _level, _since, _filter, _category, _lines })
        {
            verb.Add(option);
        }

        return verb;
    }

    /// <summary>What was asked for.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lines">How many lines when <c>--lines</c> does not say; null for all.</param>
    /// <exception cref="CommandException">An option is wrong.</exception>
    public LogQuery Read(CommandRun run, int? lines)
    {
        var (since, last) = CtlSince.Read(run, _since);
        return new LogQuery
        {
            Level = run.Value(_level) ?? LogSeverity.Trace,
            Category = run.Value(_category) ?? "",
            Text = run.Value(_filter) ?? "",
            Since = since,
            Last = last,
            Lines = run.Value(_lines) switch
            {
                null => lines,
                < 0 => throw new CommandException(ExitCode.Usage, "BadNumber", "--lines must not be negative"),
                var given => given,
            },
        };
    }

    /// <summary>How a level feels.</summary>
    public static Tone ToneOf(LogSeverity level) => level switch
    {
        LogSeverity.Error or LogSeverity.Critical => Tone.Bad,
        LogSeverity.Warning => Tone.Warning,
        _ => Tone.Quiet,
    };
}
