using Dom.Core.Images;
using Dom.Core.Images.Sources;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom image push</c> is given to push: opens it and takes over what an image says of itself.</summary>
internal sealed class ImagePushInput(CommandRun run, string source, string? temporary)
{
    private const string ImagePrefix = "image:";
    private const string MachinePrefix = "sub:";

    private readonly string _room = temporary ?? Environment.GetEnvironmentVariable("TMPDIR") ?? "/var/tmp";

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
            Origin = Origin(below),
        };
        return (below ?? copied)?.Manifest is { } manifest
            ? request with
            {
                Filter = manifest.CompileFilter(),
                Triggers = manifest.CompileTriggers(),
                HealthCommand = manifest.HealthCommand,
                Mode = manifest.Mode,
                ComputedPaths = [.. (below?.Manifest.ComputedPaths ?? []).Concat(copied?.Manifest.ComputedPaths ?? []).DistinctBy(static p => p.Path)],
            }
            : request;
    }

    private Task<DownloadedImage> ReadImageAsync(string name, CancellationToken cancellationToken) =>
        DownloadedImage.ReadTreeAsync(ImageCommand.Source(run), ImageCommand.ParseName(name), cancellationToken);

    private PushSource OpenLocal()
    {
        if (source.StartsWith(MachinePrefix, StringComparison.Ordinal))
        {
            return OpenMachine(source[MachinePrefix.Length..]);
        }

        if (source == "-")
        {
            return Console.IsInputRedirected
                ? new ArchiveSource(Console.OpenStandardInput(), _room)
                : throw new CommandException(ExitCode.Usage, "NoInput", "'-' stands for standard input, which is a terminal", "write: dom image push NAME - < archive.tar");
        }

        var path = Path.GetFullPath(source);
        return Directory.Exists(path) ? new DirectorySource(path)
            : File.Exists(path) ? new ArchiveSource(path, _room)
            : throw new CommandException(ExitCode.NotFound, "NoSuchSource", $"'{source}' is no directory and no file", "other sources are '-', image:NAME and sub:HOST");
    }

    private MachineSource OpenMachine(string host)
    {
        try
        {
            return new MachineSource(run.ConnectToSub(host), host, _room);
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Usage, "BadHost", e.Message, "write sub:HOST or sub:HOST:PORT");
        }
    }

    /// <summary>Nothing for files of this machine, so that the same content from a directory or an archive is the same image.</summary>
    private string Origin(DownloadedImage? below)
    {
        var from = source.StartsWith(ImagePrefix, StringComparison.Ordinal) || source.StartsWith(MachinePrefix, StringComparison.Ordinal) ? source : "";
        return below is null ? from : $"{from} on image:{below.Info.Name}".TrimStart();
    }
}
