using Dom.Core.Archives;
using Dom.Core.Linux;

namespace Dom.Core.Images.Sources;

/// <summary>A tar archive, compressed or not, in a file or coming in as a stream.</summary>
/// <remarks>
/// The archive is read once. Contents stay where they are when it is an uncompressed file; else they are copied into a file without a name, each once,
/// since only after reading is it known which of them the image server lacks.
/// </remarks>
public sealed class ArchiveSource : PushSource
{
    private readonly string? _path;
    private readonly Stream? _stream;
    private readonly string _temporary;
    private ArchiveContents? _contents;
    private SourceTree? _tree;

    /// <summary>An archive in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="temporary">A directory with room for the contents when they have to be copied.</param>
    public ArchiveSource(string path, string temporary) => (_path, _temporary) = (path, temporary);

    /// <summary>An archive from a stream, which the source closes.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="temporary">A directory with room for the contents.</param>
    public ArchiveSource(Stream stream, string temporary) => (_stream, _temporary) = (stream, temporary);

    /// <inheritdoc/>
    public override string Description => _path ?? "standard input";

    /// <summary>Bounds of what the archive may take.</summary>
    public TarLimits Limits { get; init; } = TarLimits.Default;

    internal override async Task<SourceTree> ReadAsync(PushContext context, bool changed, CancellationToken cancellationToken)
    {
        if (_tree is not null && !changed)
        {
            return _tree;
        }

        if (_tree is not null && _path is null)
        {
            throw new PushException("the copied contents of the archive are damaged, and standard input cannot be read again; push again");
        }

        try
        {
            return _tree = await ReadAsync(context, cancellationToken);
        }
        catch (ArchiveException e)
        {
            throw new ArchiveException($"{Description}: {e.Message}", e);
        }
    }

    private async Task<SourceTree> ReadAsync(PushContext context, CancellationToken cancellationToken)
    {
        var source = _stream ?? new FileStream(_path!, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        await using (source)
        {
            var (stream, compression) = await ArchiveStream.OpenAsync(source, cancellationToken);
            await using (stream)
            {
                _contents?.Dispose();
                _contents = compression == ArchiveCompression.None && _path is not null && source.CanSeek
                    ? ArchiveContents.InArchive(OpenFile(_path))
                    : ArchiveContents.Copied(_temporary);
                var tree = context.Begin(Limits.MaxTreeBytes, cancellationToken);
                var reader = new TarTreeReader(new TarReader(stream, Limits), _contents, tree);
                await reader.ReadAsync(bytes => context.Progress?.Report(new PushProgress(PushPhase.Scan, bytes, 0)), cancellationToken);
                var contents = _contents;
                return new SourceTree(context.Finish(tree, cancellationToken), [], () => new ArchiveContentReader(contents));
            }
        }
    }

    private static FileHandle OpenFile(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        return directory.OpenFile(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path)));
    }

    private protected override async ValueTask DisposeCoreAsync()
    {
        _contents?.Dispose();
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }
    }
}
