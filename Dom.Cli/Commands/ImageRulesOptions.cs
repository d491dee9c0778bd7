using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary>The options that say where a filter or triggers come from: a file or an image.</summary>
internal sealed class ImageRulesOptions(string what)
{
    /// <summary>A file.</summary>
    public Option<string?> File { get; } = new("--" + what) { Description = $"The {what} file.", HelpName = "FILE" };

    /// <summary>An image.</summary>
    public Option<string?> Image { get; } = new Option<string?>("--image") { Description = $"An image to take the {what} of.", HelpName = "NAME" }.CompletesWith(NameKind.Image);

    /// <summary>The file; null when an image is named. One of them must be.</summary>
    public string? FileOf(CommandRun run)
    {
        var file = run.Value(File);
        return (file is null) != (run.Value(Image) is null)
            ? file
            : throw new CommandException(ExitCode.Usage, "NoRules", $"name either --{what} or --image");
    }

    /// <summary>The manifest of the image.</summary>
    public async Task<Manifest> ReadManifestAsync(CommandRun run, CancellationToken cancellationToken) =>
        (await DownloadedImage.ReadAsync(ImageCommand.Source(run), ImageCommand.ParseName(run.Value(Image) ?? ""), cancellationToken)).Manifest;
}
