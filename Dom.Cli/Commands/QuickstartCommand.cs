using System.CommandLine;
using Dom.Cli.Output;
using Dom.Cli.Quickstart;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary><c>dom quickstart</c>: everything at once, in one directory, for somebody who has never seen it.</summary>
internal static class QuickstartCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var from = new Option<string>("--from") { Description = "The directory the image is made from; it is only read.", HelpName = "DIR", DefaultValueFactory = _ => "/etc" };
        var directory = new Option<string>("--dir")
        {
            Description = "The directory that holds everything; continued when it is of an earlier quickstart.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "./dom-quickstart",
        };
        var owner = new Option<string>("--owner") { Description = "Owner of all files of the image; without root, you.", HelpName = "UID:GID" };
        var exit = new Option<bool>("--exit") { Description = "Ends after the show; the exit code is 0 only if the machine is compliant." };
        return new Verb("quickstart", "Shows dom at work: a fleet of one machine, filled from an image and kept equal to it.") { from, directory, owner, exit }
            .Prints(OutputJson.Default.QuickstartDocument)
            .WithExample("dom quickstart", "keeps a copy of /etc in ./dom-quickstart/root, until Ctrl-C")
            .WithExample("dom quickstart --from /usr/share/doc --dir /tmp/try --exit", "another directory, and an end after the show")
            .Runs((run, cancellationToken) =>
            {
                var request = new QuickstartRequest(
                    FullPath("--from", run.Value(from) ?? "/etc"), FullPath("--dir", run.Value(directory) ?? "./dom-quickstart"), OwnerOf(run.Value(owner)), run.Value(exit));
                return new QuickstartShow(request, run.Output, run.Time).RunAsync(cancellationToken);
            });
    }

    private static string FullPath(string option, string path) => path.Length > 0
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new CommandException(ExitCode.Usage, "NoDirectory", $"{option} is empty", "name a directory");

    private static ImageOwner? OwnerOf(string? text)
    {
        if (text is null)
        {
            return QuickstartRequest.DefaultOwner;
        }

        return ImageOwner.TryParse(text, out var owner)
            ? owner
            : throw new CommandException(ExitCode.Usage, "BadOwner", $"--owner '{text}' is not UID:GID", "write numbers, such as 1000:1000");
    }
}
