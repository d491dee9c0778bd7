namespace Dom.Cli.Output;

/// <summary>Where a command writes bytes: standard output, or a file that appears under its name only when it is complete.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string _partial;
    private bool _isComplete;

    private OutputFile(string? path)
    {
        _path = path;
        _partial = path is null ? "" : $"{path}.{Guid.NewGuid():N}.part";
        Stream = path is null ? Console.OpenStandardOutput() : new FileStream(_partial, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Takes the bytes.</summary>
    public Stream Stream { get; }

    /// <summary>Opens a file, or standard output for null and <c>-</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isJson">True when standard output is to hold one JSON document: it cannot take bytes, too.</param>
    /// <param name="what">What is written, for the message.</param>
    public static OutputFile Open(string? path, bool isJson, string what)
    {
        if (path is not (null or "-"))
        {
            return new OutputFile(Path.GetFullPath(path));
        }

        return isJson
            ? throw new CommandException(ExitCode.Usage, "NoFile", $"with --json {what} cannot go to standard output", "name a file for it")
            : new OutputFile(null);
    }

    /// <summary>Gives the file its name.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await Stream.FlushAsync(cancellationToken);
        if (_path is not null)
        {
            await Stream.DisposeAsync();
            File.Move(_partial, _path, overwrite: true);
        }

        _isComplete = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (_path is not null && !_isComplete)
        {
            File.Delete(_partial);
        }
    }
}
