using System.CommandLine;
using System.Net;
using Dom.Cli.Configuration;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>A role on a machine, written <c>ROLE@HOST</c> or <c>ROLE@HOST:PORT</c>.</summary>
internal sealed record LogsTarget(string Text, string Role, HostAndPort Server)
{
    /// <summary>The argument that names them.</summary>
    public static Argument<string[]> Argument() => new("target")
    {
        Description = "The roles, such as sub@web7; without a port the one that the role has by default.",
        HelpName = "ROLE@HOST[:PORT]",
        Arity = ArgumentArity.OneOrMore,
        CompletionSources = { _ => RoleDeclaration.All.Select(r => new System.CommandLine.Completions.CompletionItem($"{r.Name}@")) },
    };

    /// <summary>Reads one.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static LogsTarget Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var roles = RoleDeclaration.All.Select(static r => r.Name).ToList();
        if (at <= 0)
        {
            throw new CommandException(ExitCode.Usage, "BadTarget", $"'{text}' does not say which role it means", $"write ROLE@HOST; the roles are {string.Join(", ", roles)}");
        }

        var name = text[..at];
        var role = RoleDeclaration.All.FirstOrDefault(r => r.Name == name)
            ?? throw new CommandException(
                ExitCode.Usage, "NoSuchRole", $"there is no role '{name}' in '{text}'", Suggestion.For(name, roles) ?? $"the roles are {string.Join(", ", roles)}");
        try
        {
            return new LogsTarget(text, name, HostAndPort.Parse(text[(at + 1)..], PortOf(role)));
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadTarget", $"'{text[(at + 1)..]}' in '{text}' is not an address", "write host, host:port or [address]:port");
        }
    }

    /// <summary>A connection to it.</summary>
    public RpcChannel Connect(CommandRun run) => run.ConnectTo(Role, Server);

    /// <summary>The port that the role has when nobody configures another.</summary>
    private static int PortOf(RoleDeclaration role) => IPEndPoint.Parse(role.Section.Keys.First(static k => k.Name == "Listen").DefaultText).Port;
}
