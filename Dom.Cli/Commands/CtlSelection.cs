using System.CommandLine;
using System.CommandLine.Completions;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>How a command chooses machines: by name, status, location and tag.</summary>
internal sealed class CtlSelection
{
    private readonly Argument<string[]> _hosts =
        new Argument<string[]>("host") { Description = "Only these machines.", HelpName = "HOST", Arity = ArgumentArity.ZeroOrMore }.CompletesWith(NameKind.Machine);
    private readonly Option<string[]> _status = new("--status")
    {
        Description = "Only machines with this status; may be repeated.",
        HelpName = "WORDS",
        CompletionSources = { _ => MachineStatuses.All.Select(s => new CompletionItem(s.Word())) },
    };

    private readonly Option<string[]> _location = new("--location") { Description = "Only machines at this place or below it; may be repeated.", HelpName = "PATH" };
    private readonly Option<string[]> _tag = new("--tag") { Description = "Only machines with this tag; all given must match.", HelpName = "NAME=VALUE" };

    /// <summary>Gives a command these arguments.</summary>
    public Verb AddTo(Verb verb)
    {
        verb.Add(_hosts);
        verb.Add(_status);
        verb.Add(_location);
        verb.Add(_tag);
        return verb;
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A tag is not NAME=VALUE.</exception>
    public SubQuery Read(CommandRun run) => new()
    {
        Hostnames = run.OptionalValue(_hosts) ?? [],
        Statuses = run.Value(_status) ?? [],
        Locations = run.Value(_location) ?? [],
        Tags = ReadTags(run.Value(_tag) ?? []),
    };

    /// <summary>How a status feels.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        "synced" => Tone.Good,
        "updating" or "fetching" or "waiting for turn" or "disruption requested" or "waiting to fetch" or "computing update" or "sending update" or "sub not ready" => Tone.Busy,
        "unknown" or "connecting" or "image undefined" => Tone.Quiet,
        "updates disabled" or "image not ready" => Tone.Warning,
        _ => Tone.Bad,
    };

    internal static Dictionary<string, string> ReadTags(string[] pairs)
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
}
