using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl set-default-image</c> and <c>get-default-image</c>.</summary>
internal static class CtlDefaultImageCommand
{
    /// <summary>Builds the command that sets it.</summary>
    public static Command BuildSet()
    {
        var image = new Argument<string?>("image") { Description = "A sparse image; left out with --none.", HelpName = "IMAGE", Arity = ArgumentArity.ZeroOrOne }.CompletesWith(NameKind.Image);
        var none = new Option<bool>("--none") { Description = "Machines without a required image are left alone again." };
        var reason = CtlCommand.ReasonOption();
        return new Verb("set-default-image", "Sets the image of machines for which the machine list requires none; it must be sparse.") { image, none, reason }
            .Prints(CtlJson.Default.DefaultImage)
            .WithDryRun()
            .WithExample("dom ctl set-default-image base/3 --reason 'new log shipper'", "machines without a required image get these files, and lose none")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var name = run.OptionalValue(image) ?? "";
                    if (name.Length > 0 == run.Value(none))
                    {
                        throw new CommandException(ExitCode.Usage, "NoImage", "name an image, or say --none", "`dom ctl get-default-image` shows the one in force");
                    }

                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, name, cancellationToken);
                    }

                    var request = new DefaultImageRequest { Image = name, Reason = run.Value(reason) ?? "" };
                    Show(run, await run.ConnectToMaster().CallAsync(DominatorMethods.SetDefaultImage, request, cancellationToken));
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    /// <summary>Builds the command that shows it.</summary>
    public static Command BuildGet() => new Verb("get-default-image", "Shows the image of machines for which the machine list requires none.")
        .Prints(CtlJson.Default.DefaultImage)
        .WithExample("dom ctl get-default-image", "which one, who set it and why")
        .Runs(
            async (run, cancellationToken) =>
            {
                Show(run, await run.ConnectToMaster().CallAsync(DominatorMethods.GetDefaultImage, new NoRequest(), cancellationToken));
                return ExitCode.Done;
            },
            CtlStatusCommand.Patience);

    private static async Task<int> LookAsync(CommandRun run, string image, CancellationToken cancellationToken)
    {
        if (image.Length > 0)
        {
            var wanted = await DownloadedImage.ReadAsync(ImageCommand.Source(run), ImageCommand.ParseName(image), cancellationToken);
            if (wanted.Manifest.Mode != ImageMode.Sparse)
            {
                throw new CommandException(
                    ExitCode.Usage,
                    "NotSparse",
                    $"the image '{image}' is a full one: as default it would delete what machines without a required image hold",
                    "push one that deletes nothing: dom image push NAME SOURCE --sparse");
            }
        }

        var master = run.ConnectToMaster();
        var now = (await master.CallAsync(DominatorMethods.GetDefaultImage, new NoRequest(), cancellationToken)).Image;
        var report = new DryRunReport(run);
        report.Add("default image", now.Length > 0 ? now : "none", image.Length > 0 ? image : "none");

        // The master shows the default as the required image of machines for which the list requires none; a list that names the same image is told apart nowhere.
        await report.AddMachinesAsync(
            master, new SubQuery(), sub => sub.RequiredImage == now ? (image.Length > 0 ? $"gets the files of {image}" : "is left alone") : null, fault: null, cancellationToken);
        return report.Print($"would set the default image of {Amounts.Count(report.Changes - 1, "machine", "machines")}");
    }

    private static void Show(CommandRun run, DefaultImage image)
    {
        var which = image.Image.Length > 0 ? $"the default image is {image.Image}" : "there is no default image";
        run.Output.Line(image.User.Length > 0 ? $"{which}; set by {image.User} at {Amounts.Moment(image.Since)}: {image.Reason}" : which);
        run.Output.Document(image, CtlJson.Default.DefaultImage);
    }
}
