using System.CommandLine;
using System.CommandLine.Completions;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>How a command chooses machines: by name, status, location, tag and age of the image.</summary>
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
    private readonly Option<bool> _outdated = new("--outdated") { Description = "Only machines whose required image has a newer one in its directory." };

    /// <summary>Gives a command these arguments.</summary>
    public Verb AddTo(Verb verb)
    {
        verb.Add(_hosts);
        verb.Add(_status);
        verb.Add(_location);
        verb.Add(_tag);
        verb.Add(_outdated);
        return verb;
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A tag is not NAME=VALUE.</exception>
    public SubQuery Read(CommandRun run) => new()
    {
        Hostnames = run.OptionalValue(_hosts) ?? [],
        Statuses = CheckStatuses(run.Value(_status) ?? []),
        Locations = run.Value(_location) ?? [],
        Tags = ReadTags(run.Value(_tag) ?? []),
        Outdated = run.Value(_outdated),
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

    private static string[] CheckStatuses(string[] words)
    {
        foreach (var word in words)
        {
            // A newer master may have more statuses than this program; only what is a slip of the finger is refused.
            if (!MachineStatuses.TryParse(word, out _) && Suggestion.For(word, MachineStatuses.All.Select(s => s.Word())) is { } meant)
            {
                throw new CommandException(ExitCode.Usage, "NoSuchStatus", $"there is no status '{word}'", meant);
            }
        }

        return words;
    }

    internal static Dictionary<string, string> ReadTags(string[] pairs)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CommandException(ExitCode.Usage, "BadTag", $"--tag '{pair}' is not NAME=VALUE", "write --tag Type=frontend");
            }

            tags[pair[..equals]] = pair[(equals + 1)..];
        }

        return tags;
    }
}
