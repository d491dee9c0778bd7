using Dom.Core.Images;
using Dom.Core.Images.Sources;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom image push</c> is given to push: opens it and takes over what an image says of itself.</summary>
internal sealed class ImagePushInput(CommandRun run, string source, string? temporary)
{
    private const string ImagePrefix = "image:";

    /// <summary>A request with the source; where it is an image or lies on one, with filter, triggers and mode of that.</summary>
    public async Task<PushRequest> OpenAsync(ImageName name, string? on, CancellationToken cancellationToken)
    {
        var below = on is null ? null : await ReadImageAsync(on, cancellationToken);
        var copied = source.StartsWith(ImagePrefix, StringComparison.Ordinal) ? await ReadImageAsync(source[ImagePrefix.Length..], cancellationToken) : null;
        var request = new PushRequest
        {
            Name = name,
            Base = below,
            Source = copied is not null ? new ImageCopySource(copied) : OpenLocal(),
            Origin = Origin(copied, below),
        };
        return (below ?? copied)?.Manifest is { } manifest
            ? request with
            {
                Filter = manifest.CompileFilter(),
                Triggers = manifest.CompileTriggers(),
                Mode = manifest.Mode,
                ComputedPaths = [.. (below?.Manifest.ComputedPaths ?? []).Concat(copied?.Manifest.ComputedPaths ?? []).DistinctBy(static p => p.Path)],
            }
            : request;
    }

    private Task<DownloadedImage> ReadImageAsync(string name, CancellationToken cancellationToken) =>
        DownloadedImage.ReadTreeAsync(ImageCommand.Source(run), ImageCommand.ParseName(name), cancellationToken);

    private PushSource OpenLocal()
    {
        var room = temporary ?? Environment.GetEnvironmentVariable("TMPDIR") ?? "/var/tmp";
        if (source == "-")
        {
            return Console.IsInputRedirected
                ? new ArchiveSource(Console.OpenStandardInput(), room)
                : throw new CommandException(ExitCode.Usage, "NoInput", "'-' stands for standard input, which is a terminal", "write: dom image push NAME - < archive.tar");
        }

        var path = Path.GetFullPath(source);
        return Directory.Exists(path) ? new DirectorySource(path)
            : File.Exists(path) ? new ArchiveSource(path, room)
            : throw new CommandException(ExitCode.NotFound, "NoSuchSource", $"'{source}' is no directory and no file", "other sources are '-' and image:NAME");
    }

    private static string Origin(DownloadedImage? copied, DownloadedImage? below) => (copied, below) switch
    {
        ({ } upper, { } lower) => $"image:{upper.Info.Name} on image:{lower.Info.Name}",
        ({ } upper, null) => $"image:{upper.Info.Name}",
        (null, { } lower) => $"on image:{lower.Info.Name}",
        _ => "",
    };
}
