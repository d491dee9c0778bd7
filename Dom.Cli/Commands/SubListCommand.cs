using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub ls</c>: files of a machine as its sub sees them.</summary>
internal static class SubListCommand
{
    private const string Mtree = "mtree";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var path = new Argument<string>("path") { Description = "The absolute path of a directory or file.", HelpName = "PATH", DefaultValueFactory = _ => "/" };
        var recursive = new Option<bool>("--recursive", "-R") { Description = "Everything below the path." };
        var self = new Option<bool>("--directory", "-d") { Description = "The path itself, not what is in it." };
        var format = FormatOption($"text, or {Mtree} for a specification as in mtree(5).");
        return new Verb("ls", "Lists files of a machine as its sub saw them last, with owner, mode, size and time; excluded paths are not among them.") { host, path, recursive, self, format }
            .Prints(SubJson.Default.SubFilesDocument)
            .WithExample("dom sub ls web7.example.com /etc", "what is in /etc")
            .WithExample("dom sub ls web7.example.com / -R --format mtree", "the whole tree as a specification")
            .Runs(
                (run, cancellationToken) =>
                {
                    if (run.Value(recursive) && run.Value(self))
                    {
                        throw new CommandException(ExitCode.Usage, "BothRecursiveAndDirectory", "--recursive lists everything below a path and --directory nothing of it", "give one of them");
                    }

                    var request = new ListFilesRequest { Path = ImageFiles.ParsePath(run.Value(path)), Depth = run.Value(recursive) ? -1 : run.Value(self) ? 0 : 1 };
                    return ListAsync(run, run.Value(host), request, run.Value(format) == Mtree, cancellationToken);
                },
                Limit);
    }

    /// <summary>The option that chooses between text and mtree(5).</summary>
    public static Option<string> FormatOption(string description)
    {
        var format = new Option<string>("--format") { Description = description, HelpName = $"text|{Mtree}", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", Mtree);
        return format;
    }

    /// <summary>What the sub knows of one path.</summary>
    public static async Task<FileEntry> FindAsync(CommandRun run, string host, UnixPath path, CancellationToken cancellationToken)
    {
        await foreach (var page in SubCommand.Connect(run, host).StreamAsync(SubdMethods.ListFiles, new ListFilesRequest { Path = path }, cancellationToken))
        {
            if (page.Entries is [var entry, ..])
            {
                return entry;
            }
        }

        throw new CommandException(ExitCode.Failed, "NoAnswer", $"{host} said nothing of '{path}'");
    }

    private static async Task<int> ListAsync(CommandRun run, string host, ListFilesRequest request, bool mtree, CancellationToken cancellationToken)
    {
        var entries = new List<TreeEntry>();
        var first = true;
        await foreach (var page in SubCommand.Connect(run, host).StreamAsync(SubdMethods.ListFiles, request, cancellationToken))
        {
            foreach (var entry in page.Entries)
            {
                if (first && mtree)
                {
                    run.Output.Line(MtreeText.Header);
                }

                var inode = entry.Inode.ToInode();
                if (run.Output.IsJson)
                {
                    entries.Add(TreeEntry.Of(entry.Path, inode));
                }
                else if (mtree)
                {
                    run.Output.Line(MtreeText.Line(entry.Path, inode));
                }
                else if (!first || request.Depth != 1 || inode.Kind != Core.Trees.InodeKind.Directory)
                {
                    run.Output.Line(TreeEntry.Of(entry.Path, inode).ToLine() + (entry.IsUnread ? "  (content not read yet)" : ""));
                }

                first = false;
            }
        }

        run.Output.Document(new SubFilesDocument(host, entries), SubJson.Default.SubFilesDocument);
        return ExitCode.Done;
    }
}
