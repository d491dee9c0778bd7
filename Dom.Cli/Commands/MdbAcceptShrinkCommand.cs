using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb accept-shrink</c>: says that machines that vanished are meant to be gone.</summary>
internal static class MdbAcceptShrinkCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var source = new Argument<string?>("source")
        {
            Description = "Only this source; without it, everything that is refused.",
            HelpName = "SOURCE",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.MachineSource);
        var reason = new Option<string>("--reason") { Description = "Why the machines are gone; kept in the audit log.", HelpName = "TEXT" };
        return new Verb("accept-shrink", "Takes lists that lost more machines than may vanish at once.") { source, reason }
            .Prints(MdbJson.Default.MdbAcceptShrinkDocument)
            .WithDryRun(ownDocument: true)
            .WithExample("dom mdb accept-shrink --dry-run", "see first which machines would go")
            .WithExample("dom mdb accept-shrink inventory --reason 'rack 4 was sold'", "the machines of rack 4 are gone for good")
            .Runs(
                (run, cancellationToken) => AcceptAsync(run, run.OptionalValue(source) ?? "", run.Value(reason) ?? "", run.IsDryRun, cancellationToken),
                MdbCommand.Patience);
    }

    private static async Task<int> AcceptAsync(CommandRun run, string source, string reason, bool dryRun, CancellationToken cancellationToken)
    {
        if (!dryRun && reason.Trim().Length == 0)
        {
            throw new CommandException(ExitCode.Usage, MdbErrorCode.NoReason, "--reason is missing", "say why the machines are gone, or look first with --dry-run");
        }

        var server = run.ConnectToMdbServer();
        var shrinks = await RefusedAsync(server, source, cancellationToken);
        if (!dryRun)
        {
            // No more than what was seen here: a list that lost still more meanwhile is looked at again.
            var request = new AcceptShrinkRequest { Source = source, Reason = reason, AtMost = shrinks.Max(static s => s.Lost) };
            shrinks = (await server.CallAsync(MdbServerMethods.AcceptShrink, request, cancellationToken)).Accepted;
        }

        run.Output.Document(new MdbAcceptShrinkDocument(shrinks, !dryRun), MdbJson.Default.MdbAcceptShrinkDocument);
        foreach (var shrink in shrinks)
        {
            run.Output.Line(
                $"{(dryRun ? "would accept" : "accepted")}: {shrink.Lost} of {shrink.Of} machines of {(shrink.Source.Length == 0 ? "the merged list" : shrink.Source)} "
                + $"are gone since {Amounts.Moment(shrink.Since)}, such as {string.Join(", ", shrink.Examples)}");
        }

        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<RefusedShrink>> RefusedAsync(RpcChannel server, string source, CancellationToken cancellationToken)
    {
        var status = await server.CallAsync(MdbServerMethods.GetStatus, new MdbRequest(), cancellationToken);
        if (source.Length > 0 && status.Sources.All(s => s.Name != source))
        {
            throw new CommandException(
                ExitCode.NotFound, MdbErrorCode.NoSuchSource, $"there is no source '{source}'", $"there are {string.Join(", ", status.Sources.Select(static s => s.Name))}");
        }

        var shrinks = status.Refused.Where(r => source.Length == 0 || r.Source == source).ToList();
        return shrinks.Count > 0
            ? shrinks
            : throw new CommandException(ExitCode.NotFound, MdbErrorCode.NothingAccepted, "nothing waits to be accepted", "`dom mdb sources` shows what is wrong");
    }
}
