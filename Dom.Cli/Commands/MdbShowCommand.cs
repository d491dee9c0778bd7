using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Roles.MdbSync;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb show</c>: one machine, and what each source says of it.</summary>
internal static class MdbShowCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument(NameKind.ListedMachine);
        return new Verb("show", "Shows one machine, and what each source says of it.") { host }
            .Prints(MdbJson.Default.MdbMachine)
            .WithExample("dom mdb show web7.example.com", "why does it require this image?")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new MdbMachineRequest { Hostname = run.Value(host) };
                    var found = await run.ConnectToMdbServer().CallAsync(MdbServerMethods.GetMachine, request, cancellationToken);
                    run.Output.Document(found, MdbJson.Default.MdbMachine);
                    Print(run, found);
                    return ExitCode.Done;
                },
                MdbCommand.Patience);
    }

    private static void Print(CommandRun run, MdbMachine found)
    {
        run.Output.Line($"{"machine",-18} {found.Hostname}");
        if (found.Note.Length > 0)
        {
            run.Output.Line($"{"note",-18} {found.Note}");
        }

        if (found.Pause is { } pause)
        {
            run.Output.Line($"{"paused",-18} {MdbPauseCommand.Describe(pause)}");
        }

        Facts(found.Machine);
        foreach (var source in found.Sources)
        {
            run.Output.Line();
            run.Output.Line($"as {source.Source} says:");
            Facts(source.Machine);
        }

        void Facts(Machine? machine)
        {
            foreach (var (name, value) in machine is null ? [] : MachineFacts.Of(machine))
            {
                run.Output.Line($"{name.ToLowerInvariant(),-18} {value}");
            }
        }
    }
}
