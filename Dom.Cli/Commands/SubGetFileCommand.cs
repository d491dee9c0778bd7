using System.CommandLine;
using System.Security.Cryptography;
using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub get-file</c>: one file of a machine. Audited there, since whoever may call it reads secrets too.</summary>
internal static class SubGetFileCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var path = new Argument<string>("path") { Description = "The absolute path on the machine; symbolic links are not followed.", HelpName = "PATH" };
        var file = new Argument<string?>("file") { Description = "Where to write it; without it standard output.", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        return new Verb("get-file", "Writes the content of one file of a machine; needs Subd.ListFiles and Subd.GetFiles named in the certificate.") { host, path, file }
            .Prints(SubJson.Default.SubFileDocument)
            .WithExample("dom sub get-file web7.example.com /etc/hosts", "on the terminal")
            .WithExample("dom sub get-file web7.example.com /etc/hosts ./hosts", "into a file")
            .Runs((run, cancellationToken) => GetAsync(run, run.Value(host), ImageFiles.ParsePath(run.Value(path)), run.OptionalValue(file), cancellationToken), Limit);
    }

    private static async Task<int> GetAsync(CommandRun run, string host, UnixPath path, string? file, CancellationToken cancellationToken)
    {
        var entry = await SubListCommand.FindAsync(run, host, path, cancellationToken);
        if (entry.Inode.Kind != InodeKind.Regular)
        {
            var what = entry.Inode.Kind == InodeKind.Symlink ? $"a symbolic link to {entry.Inode.Target}" : $"of kind {entry.Inode.Kind.ToString().ToLowerInvariant()}";
            throw new CommandException(ExitCode.Failed, "NoFile", $"'{path}' on {host} is {what}, and has no content of its own");
        }

        if (entry.IsUnread)
        {
            throw new CommandException(
                ExitCode.Unreachable, "NotReady", $"'{path}' on {host} is large and has not been read yet", "try again later; the sub reads such files beside its scans");
        }

        await using var output = OutputFile.Open(file, run.Output.IsJson, "the file");
        if (entry.Inode.Size > 0)
        {
            await CopyAsync(run, host, new FileReference { Path = entry.Path, Content = entry.Inode.Content }, (long)entry.Inode.Size, output.Stream, cancellationToken);
        }

        await output.CompleteAsync(cancellationToken);
        run.Output.Document(new SubFileDocument(host, file ?? "-", TreeEntry.Of(entry.Path, entry.Inode.ToInode())), SubJson.Default.SubFileDocument);
        return ExitCode.Done;
    }

    private static async Task CopyAsync(CommandRun run, string host, FileReference reference, long size, Stream output, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0;
        await foreach (var chunk in SubCommand.Connect(run, host).StreamAsync(SubdMethods.GetFiles, new GetFilesRequest { Files = [reference] }, cancellationToken))
        {
            if (chunk.Id != reference.Content || chunk.Offset != offset || chunk.Data.Length > size - offset)
            {
                throw new CorruptObjectException(reference.Content, $"{host} sent something else");
            }

            hash.AppendData(chunk.Data.Span);
            offset += chunk.Data.Length;
            await output.WriteAsync(chunk.Data, cancellationToken);
        }

        if (offset != size || new ObjectId(hash.GetHashAndReset()) != reference.Content)
        {
            throw new CorruptObjectException(reference.Content, $"the content of '{reference.Path}' on {host} is another than it was when it was scanned; try again");
        }
    }
}
