using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Machines;

namespace Dom.Cli.Commands;

/// <summary><c>dom image list-unused</c>: images that no machine of a list requires or plans.</summary>
internal static class ImageListUnusedCommand
{
    private const string DefaultList = "/var/lib/Dominator/mdb";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var directory = new Argument<string?>("directory")
        {
            Description = "Only images in this directory of names and below it.",
            HelpName = "DIRECTORY",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.DirectoryOfImages);
        var machines = new Option<string>("--machines")
        {
            Description = "The machine list.",
            HelpName = "FILE",
            DefaultValueFactory = _ => DefaultList,
        };
        return new Verb("list-unused", "Lists images that no machine of the machine list requires or plans.") { directory, machines }
            .Prints(ImageJson.Default.ImageListDocument)
            .WithExample("dom image list-unused debian --machines mdb.json", "what may be deleted, as far as that list knows")
            .Runs(
                (run, cancellationToken) => ListAsync(run, run.OptionalValue(directory) ?? "", run.Value(machines) ?? DefaultList, cancellationToken), Limit);
    }

    private static async Task<int> ListAsync(CommandRun run, string directory, string file, CancellationToken cancellationToken)
    {
        var used = await ReadUsedAsync(file, cancellationToken);
        var unused = new List<ImageInfo>();
        var request = new ListImagesRequest { Directory = directory };
        await foreach (var page in run.ConnectToImageServer().StreamAsync(ImageServerMethods.ListImages, request, cancellationToken))
        {
            unused.AddRange(page.Images.Where(i => !used.Contains(i.Name)));
        }

        run.Output.Document(new ImageListDocument([.. unused.Select(ImageEntry.Of)]), ImageJson.Default.ImageListDocument);
        foreach (var image in unused)
        {
            run.Output.Line(image.Name);
        }

        run.Output.Note($"{unused.Count} images are in no machine's required or planned image; a default image of the master is not in the list of machines");
        return ExitCode.Done;
    }

    private static async Task<HashSet<string>> ReadUsedAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            var list = await MachineListReader.ReadAsync(stream, MachineListLimits.Default, cancellationToken);
            return [.. list.Machines.SelectMany(static m => new[] { m.RequiredImage, m.PlannedImage })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MachineListException)
        {
            throw new CommandException(
                ExitCode.Failed, "NoMachineList", $"the machine list {file} cannot be read: {e.Message}", "name another one with --machines FILE");
        }
    }
}
