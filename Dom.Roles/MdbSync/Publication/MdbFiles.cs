using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Roles.Hosting;
using Dom.Roles.MdbSync.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync.Publication;

/// <summary>Writes what is published: the output file when the list changed, the list in force for the next start. Repeats what failed.</summary>
internal sealed class MdbFiles : IDisposable
{
    private readonly MdbPublisher _publisher;
    private readonly DurableFile<IReadOnlyList<Machine>> _accepted;
    private readonly DirectoryHandle? _directory;
    private readonly DurableFile<IReadOnlyList<Machine>>? _output;
    private readonly string _path;
    private readonly ILogger _log;
    private MachineList? _saved;
    private MachineList? _written;

    public MdbFiles(MdbPublisher publisher, MdbState state, string? output, ILogger log)
    {
        _publisher = publisher;
        _path = output ?? "";
        _log = log;
        _saved = state.Accepted;
        _accepted = state.AcceptedSaves(() => publisher.Accepted?.Machines ?? []);
        if (output is not null)
        {
            _directory = DirectoryHandle.Open(Path.GetDirectoryName(output) ?? "/");
            _output = new DurableFile<IReadOnlyList<Machine>>(
                _directory, Path.GetFileName(output), MachineListForm.List, () => publisher.Feed.Current?.List.Machines ?? [], DurableFile<IReadOnlyList<Machine>>.Readable);
        }
    }

    /// <summary>Why the output file is not the list in force; empty when it is.</summary>
    public string OutputError => _output?.Error is { Length: > 0 } fault ? $"the machine list cannot be written to {_path}: {fault}" : "";

    /// <summary>Why the list in force would be forgotten by a restart; empty when it would not.</summary>
    public string StateError => _accepted.Error is { Length: > 0 } fault ? $"the list in force cannot be saved: {fault}" : "";

    /// <summary>Reads the output file, so that it is not written when it already holds what is published.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_output is null || _publisher.Feed.Current is not { } current)
        {
            return;
        }

        try
        {
            using var file = ConfiguredFile.Open(_path);
            await using var stream = new FileStream(file.Duplicate(), FileAccess.Read, bufferSize: 1);
            var there = await MachineListReader.ReadAsync(stream, MachineListLimits.Default, cancellationToken);
            _written = there.Machines.AsSpan().SequenceEqual(current.List.Machines.AsSpan()) ? current.List : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or MachineListException)
        {
            // It is about to be replaced, whatever it was.
            _log.OutputUnread(_path, fault.Message);
        }
    }

    /// <summary>Writes what changed. True when all is on disk.</summary>
    public async Task<bool> WriteAsync()
    {
        try
        {
            if (_publisher.Accepted is { } accepted && !ReferenceEquals(accepted, _saved))
            {
                await _accepted.SaveAsync();
                _saved = accepted;
            }

            if (_output is not null && _publisher.Feed.Current is { } current && !ReferenceEquals(current.List, _written))
            {
                await _output.SaveAsync();
                _written = current.List;
            }

            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.NotWritten(_path, fault.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory?.Dispose();
}
