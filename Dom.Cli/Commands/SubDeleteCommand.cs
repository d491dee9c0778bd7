using System.CommandLine;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub delete</c>: removes files of a machine, past any image.</summary>
internal static class SubDeleteCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var paths = new Argument<string[]>("paths") { Description = "Absolute paths of files and empty directories, in the order in which they go.", HelpName = "PATH", Arity = ArgumentArity.OneOrMore };
        var reason = CtlControls.ReasonOption();
        return new Verb("delete", "Removes files and empty directories of a machine, past any image; what an image has there comes back. Needs Subd.Delete named in the certificate.")
            {
                host, paths, reason,
            }
            .Prints(SubJson.Default.SubDeleteDocument)
            .WithDryRun()
            .WithExample("dom sub delete web7.example.com /etc/nginx/conf.d/test.conf --reason 'left over'", "one file")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new DeleteRequest { Paths = [.. run.Value(paths).Select(ImageFiles.ParsePath)], Reason = CtlControls.RequireReason(run, reason) };
                    return run.IsDryRun ? await LookAsync(run, run.Value(host), request.Paths, cancellationToken) : await DeleteAsync(run, run.Value(host), request, cancellationToken);
                },
                SubCommand.Patience);
    }

    private static async Task<int> LookAsync(CommandRun run, string host, IReadOnlyList<UnixPath> paths, CancellationToken cancellationToken)
    {
        var report = new DryRunReport(run);
        foreach (var path in paths)
        {
            try
            {
                report.Add(path.ToString(), (await SubListCommand.FindAsync(run, host, path, cancellationToken)).Inode.Kind.ToString().ToLowerInvariant(), "removed");
            }
            catch (RpcException e) when (e.Status == RpcStatus.NotFound)
            {
                report.Fail(path.ToString(), e.Message);
            }
        }

        return report.Print($"would remove {Amounts.Count(report.Changes, "path", "paths")} of {host}");
    }

    private static async Task<int> DeleteAsync(CommandRun run, string host, DeleteRequest request, CancellationToken cancellationToken)
    {
        var result = await SubCommand.Connect(run, host).CallAsync(SubdMethods.Delete, request, cancellationToken);
        foreach (var path in result.Paths)
        {
            if (path.Error.Length == 0)
            {
                run.Output.Line($"removed {path.Path}");
            }
            else
            {
                run.Output.Note(path.Error);
            }
        }

        run.Output.Document(new SubDeleteDocument(host, result.Paths), SubJson.Default.SubDeleteDocument);
        return result.Paths.All(static p => p.Error.Length == 0) ? ExitCode.Done : ExitCode.Partial;
    }
}
