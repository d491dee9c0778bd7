using System.CommandLine;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>The option <c>--since</c>: a moment, or how long before now.</summary>
internal static class CtlSince
{
    /// <summary>The option.</summary>
    public static Option<string> Option() => new("--since") { Description = "Only what happened since then: how long ago, such as 2h, or a moment, such as 2026-05-01T12:00Z.", HelpName = "TIME" };

    /// <summary>Reads it; at most one of the two has a value.</summary>
    /// <exception cref="CommandException">The text is neither.</exception>
    public static (DateTimeOffset? Since, TimeSpan? Last) Read(CommandRun run, Option<string> option)
    {
        if (run.Value(option) is not { } text)
        {
            return (null, null);
        }

        try
        {
            return SinceText.Read(text);
        }
        catch (FormatException fault)
        {
            throw new CommandException(ExitCode.Usage, "BadTime", $"--since: {fault.Message}");
        }
    }
}
