using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock</c>: semaphores of the lock-manager.</summary>
internal static class LockCommand
{
    /// <summary>How long a short call may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string Text = "text";
    private const string Locksmith = "locksmith";

    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("lock", "Takes and gives back slots of a group, so that only so many machines are down or jobs run at once.")
    {
        LockStatusCommand.Build(),
        LockTakeCommand.Build(),
        LockUnlockCommand.Build(),
        LockSetMaxCommand.Build(),
        LockFreezeCommand.Build(),
        LockLogCommand.Build(),
        LockExplainCommand.Build(),
        LockWatchCommand.Build(),
        LockRunCommand.Build(),
    };

    /// <summary>
    /// A command line in which <c>dom lock lock</c>, as in locksmithctl, is <c>dom lock take</c>: the library of the command line refuses a verb with the name of its noun.
    /// </summary>
    public static string[] Spell(string[] args)
    {
        var seen = 0;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "lock" && seen++ > 0)
            {
                return [.. args[..i], "take", .. args[(i + 1)..]];
            }

            if (args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Length > 2)
            {
                i += args[i] == "--json" || args[i].Contains('=', StringComparison.Ordinal) ? 0 : 1;
            }
            else if (args[i] != "lock")
            {
                break;
            }
        }

        return args;
    }

    /// <summary>The option that names the group.</summary>
    public static Option<string> GroupOption() =>
        new Option<string>("--group") { Description = "The group.", HelpName = "GROUP", DefaultValueFactory = static _ => LockName.DefaultGroup }.CompletesWith(NameKind.LockGroup);

    /// <summary>The option that says why.</summary>
    public static Option<string> ReasonOption() => new("--reason") { Description = "Why; shown to everybody who looks.", HelpName = "TEXT", DefaultValueFactory = static _ => "" };

    /// <summary>The option for output to the byte as locksmithctl has it.</summary>
    public static Option<string> FormatOption()
    {
        var option = new Option<string>("--format")
        {
            Description = "locksmith: output, errors and exit codes as those of locksmithctl.",
            HelpName = "text|locksmith",
            DefaultValueFactory = static _ => Text,
        };
        option.AcceptOnlyFromAmong(Text, Locksmith);
        return option;
    }

    /// <summary>The argument that names the holder.</summary>
    public static Argument<string?> IdArgument() => new("id") { Description = "The name of the holder; without it the id of this machine.", HelpName = "ID", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The option for the id that zincati uses.</summary>
    public static Option<bool> ZincatiOption() => new("--zincati-id") { Description = "The id under which zincati on this machine asks, instead of that of the machine." };

    /// <summary>True for locksmith's form.</summary>
    public static bool IsLocksmith(CommandRun run, Option<string> format) => run.Value(format) == Locksmith;

    /// <summary>The holder that is meant.</summary>
    /// <exception cref="CommandException">This machine has no id, or two were given.</exception>
    public static string IdOf(CommandRun run, Argument<string?> argument, Option<bool> zincati)
    {
        if (run.OptionalValue(argument) is { } given)
        {
            return run.Value(zincati) ? throw new CommandException(ExitCode.Usage, "TwoIds", "--zincati-id and an id exclude each other") : given;
        }

        try
        {
            var id = MachineId.Read();
            return run.Value(zincati) ? MachineId.ForZincati(id) : id;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotFound, "NoMachineId", $"Cannot read machine-id: {fault.Message}", "name the holder: `dom lock take ID`");
        }
    }

    /// <summary>Reads a length of time.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static TimeSpan DurationOf(CommandRun run, Option<string> option)
    {
        if (run.Value(option) is not { Length: > 0 } text)
        {
            return TimeSpan.Zero;
        }

        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadDuration", $"{option.Name} '{text}' is not a length of time", "write 30min, 4h or 1d");
        }
    }

    /// <summary>The state of one group.</summary>
    public static async Task<LockGroupStatus> StatusAsync(CommandRun run, string group, CancellationToken cancellationToken) =>
        (await run.ConnectToLockManager().CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest { Group = group }, cancellationToken)).Groups[0];

    /// <summary>Takes a slot, and goes on asking while the server is away.</summary>
    public static async Task<LockResponse> TakeAsync(CommandRun run, LockRequest request, CancellationToken cancellationToken)
    {
        var server = run.ConnectToLockManager();
        var begin = run.Time.GetTimestamp();
        while (true)
        {
            var left = request.Wait - run.Time.GetElapsedTime(begin);
            try
            {
                return await server.CallAsync(LockManagerMethods.Lock, request with { Wait = left > TimeSpan.Zero ? left : TimeSpan.Zero }, cancellationToken);
            }
            catch (RpcException fault) when (fault.Status is RpcStatus.Unavailable && left > TimeSpan.Zero)
            {
                // Asking again under the same name is as good as once.
                run.Output.Note($"{fault.Message}; trying again");
                await Task.Delay(TimeSpan.FromSeconds(2), run.Time, cancellationToken);
            }
        }
    }

    /// <summary>Prints a fault as locksmithctl does, and returns its exit code.</summary>
    public static async Task<int> FailAsLocksmithAsync(string doing, RpcException fault)
    {
        var text = fault.Code switch
        {
            LockErrorCode.Exists or LockErrorCode.NotHeld => fault.Message,
            LockErrorCode.LockHeld or LockErrorCode.Frozen or LockErrorCode.WindowClosed or LockErrorCode.Pause => "semaphore is at 0",
            _ => fault.Message,
        };
        await Console.Error.WriteLineAsync($"Error {doing}: {text}");
        return ExitCode.Failed;
    }
}
