using Dom.Core.Linux;
using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>
/// A directory of YAML and JSON files, each with a machine or a few. A file that cannot be read is named and keeps its last good machines; the others count.
/// </summary>
/// <remarks>Hidden files and directories do not count. Symbolic links to files are followed, links to directories are not.</remarks>
internal sealed class DirectorySource(SourceDefinition definition, SourceLimits limits, TimeProvider clock) : IMachineSource
{
    private const int MaxDepth = 8;
    private const int MaxProblems = 20;

    private readonly DirectoryReader _reader = new();
    private Dictionary<string, DirectoryFile> _files = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _problems = [];
    private bool _read;
    private long _bytes;

    /// <inheritdoc/>
    public async Task<SourceReading> ReadAsync(MachineList lastGood, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, DirectoryFile>(_files.Count, StringComparer.Ordinal);
        _bytes = 0;
        using (var root = DirectoryHandle.Open(definition.Location))
        {
            await VisitAsync(root, "", files, 0, cancellationToken);
        }

        var changed = !_read || files.Count != _files.Count || files.Values.Any(static f => f.IsNew);
        _files = files;
        if (!changed)
        {
            return new SourceReading(null, _problems);
        }

        // What cannot be combined is tried, and told, again at the next look.
        _read = false;
        var problems = new ProblemList(MaxProblems);
        foreach (var (path, file) in files.OrderBy(static f => f.Key, StringComparer.Ordinal))
        {
            file.IsNew = false;
            problems.Add(file.Fault.Length > 0 ? $"{path}: {file.Fault}" : "");
        }

        var list = Combine(lastGood, problems);
        _problems = problems.Texts;
        _read = true;
        return new SourceReading(list, _problems);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Clear();

    private async Task VisitAsync(
        DirectoryHandle directory, string above, Dictionary<string, DirectoryFile> files, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaxDepth)
        {
            throw new MachineListException($"{above} is more than {MaxDepth} directories deep");
        }

        foreach (var name in Names(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = above + NameText.Escape(name);
            if (directory.TryGetStatus(name, out var status) != Errno.None)
            {
                continue;
            }

            if (status.Kind == FileKind.Directory)
            {
                using var below = directory.OpenDirectory(name);
                await VisitAsync(below, path + "/", files, depth + 1, cancellationToken);
            }
            else if (DirectoryFile.FormOf(path) is { } form && status.Kind is FileKind.Regular or FileKind.Symlink)
            {
                if (files.Count == limits.Machines.MaxMachines)
                {
                    throw new MachineListException($"it holds more than {limits.Machines.MaxMachines} files");
                }

                if ((_bytes += status.Size) > limits.MaxBytes)
                {
                    throw LimitedStream.TooLarge(limits.MaxBytes);
                }

                var file = _files.GetValueOrDefault(path) ?? new DirectoryFile(form, clock);
                files.Add(path, file);
                await file.RefreshAsync(Path.Combine(definition.Location, path), status, limits, cancellationToken);
            }
        }
    }

    /// <summary>The names that count, copied: reading goes on in directories below.</summary>
    private List<byte[]> Names(DirectoryHandle directory)
    {
        var names = new List<byte[]>();
        _reader.Begin(directory);
        while (_reader.MoveNext(out var error))
        {
            if (_reader.Name[0] != (byte)'.' && _reader.Name[^1] != (byte)'~')
            {
                names.Add(_reader.Name.ToArray());
            }

            if (names.Count > limits.Machines.MaxMachines)
            {
                throw new MachineListException($"it holds more than {limits.Machines.MaxMachines} files");
            }
        }

        return names;
    }

    private MachineList Combine(MachineList lastGood, ProblemList problems)
    {
        var machines = new Dictionary<string, Machine>(StringComparer.Ordinal);
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        var unknown = false;
        foreach (var (path, file) in _files.OrderBy(static f => f.Key, StringComparer.Ordinal))
        {
            unknown |= file.List is null;
            foreach (var machine in file.List?.Machines ?? [])
            {
                if (machines.TryAdd(machine.Hostname, machine))
                {
                    origins.Add(machine.Hostname, path);
                }
                else
                {
                    problems.Add($"{path}: the machine '{machine.Hostname}' is also in {origins[machine.Hostname]}, which counts");
                }
            }
        }

        if (unknown)
        {
            // After a restart nobody knows which machines a broken file held: none of those known before is given up while one is broken.
            foreach (var machine in lastGood.Machines)
            {
                machines.TryAdd(machine.Hostname, machine);
            }
        }

        return machines.Count <= limits.Machines.MaxMachines
            ? new MachineList(machines.Values)
            : throw new MachineListException($"it holds more than {limits.Machines.MaxMachines} machines");
    }
}
