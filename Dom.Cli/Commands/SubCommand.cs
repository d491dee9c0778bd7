using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub</c>: asks and adjusts the sub of one machine, past the master.</summary>
internal static class SubCommand
{
    /// <summary>How long a question may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command with its verbs.</summary>
    public static Command Build() => new VerbGroup("sub", "Asks and adjusts the sub of one machine, past the master.")
    {
        SubPollCommand.Build(),
        SubPlanCommand.Build(),
        SubCheckCommand.Build(),
        SubListCommand.Build(),
        SubGetFileCommand.Build(),
        SubWaitForImageCommand.Build(),
        SubGetConfigCommand.Build(),
        SubSpeedCommands.BuildSetConfig(),
        SubSpeedCommands.BuildBoost(),
        SubSpeedCommands.BuildShed(),
        SubCleanupCommand.Build(),
        SubPushImageCommand.Build(),
        SubPushFileCommand.Build(),
        SubDeleteCommand.Build(),
        SubRestartServiceCommand.Build(),
    };

    /// <summary>The argument that names the machine.</summary>
    public static Argument<string> HostArgument() =>
        new Argument<string>("host") { Description = "The machine, or where its sub listens.", HelpName = "HOST[:PORT]" }.CompletesWith(NameKind.Machine);

    /// <summary>A connection to the sub of a machine.</summary>
    /// <exception cref="CommandException">The text is no address.</exception>
    public static RpcChannel Connect(CommandRun run, string host)
    {
        try
        {
            return run.ConnectToSub(host);
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadTarget", $"'{host}' is not an address", "write host, host:port or [address]:port");
        }
    }

    /// <summary>How the machine is now.</summary>
    public static Task<SubState> GetStateAsync(RpcChannel sub, CancellationToken cancellationToken) => sub.CallAsync(SubdMethods.GetState, new GetStateRequest(), cancellationToken);

    /// <summary>How the machine is when it is otherwise than before, at the latest after a minute.</summary>
    public static Task<SubState> GetNextStateAsync(RpcChannel sub, SubState before, CancellationToken cancellationToken) => sub.CallAsync(
        SubdMethods.GetState,
        new GetStateRequest { Epoch = before.Reported.Epoch, Generation = before.Reported.Generation, Wait = TimeSpan.FromMinutes(1) },
        cancellationToken);
}
