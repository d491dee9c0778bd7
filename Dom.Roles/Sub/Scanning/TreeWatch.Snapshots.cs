using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <content>What makes the next snapshot beside sweeps, and how the two come together.</content>
internal sealed partial class TreeWatch
{
    /// <summary>Looks at the status of some paths at once, also while a sweep goes on.</summary>
    /// <returns>Processor time it took.</returns>
    public async Task<TimeSpan> LookAsync(IReadOnlyCollection<PathLook> looks, CancellationToken cancellationToken)
    {
        await _accepting.WaitAsync(cancellationToken);
        try
        {
            _beside.Add(looks);
            if (_current is not { } snapshot)
            {
                return TimeSpan.Zero;
            }

            var result = await _scanner.LookAsync(new ScanRequest { Scope = snapshot.Scope.Scan, Contents = [.. _faults] }, snapshot.Tree, looks, cancellationToken);
            Accept(result, snapshot.Scope);
            return result.CpuTime;
        }
        finally
        {
            _accepting.Release();
        }
    }

    /// <summary>Reads some paths again between two looks.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="contents">Contents of large files among them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="direct">They are read as the disk has them, whatever is in the page cache.</param>
    public async Task BringInAsync(
        IReadOnlyCollection<UnixPath> paths, IReadOnlyCollection<LargeFileReading> contents, CancellationToken cancellationToken, bool direct = false)
    {
        await _scanning.WaitAsync(cancellationToken);
        await _accepting.WaitAsync(CancellationToken.None);
        try
        {
            NoteFaults(contents);
            if (_current is { } snapshot && paths.Count > 0)
            {
                var request = new ScanRequest { Scope = snapshot.Scope.Scan, Direct = direct, Contents = [.. _faults, .. contents.Where(static reading => reading.Error == Errno.None)], Progress = Progress };
                Accept(await _scanner.RescanAsync(request, snapshot.Tree, paths, cancellationToken), snapshot.Scope);
            }
        }
        finally
        {
            _accepting.Release();
            _scanning.Release();
        }
    }

    private async Task BeginSweepAsync(CancellationToken cancellationToken)
    {
        await _accepting.WaitAsync(cancellationToken);
        Interlocked.Increment(ref _sweepsBegun);
        _beside.Begin();
        _accepting.Release();
    }

    /// <summary>What was noticed while the sweep went on is looked at in its result too, which may be older there.</summary>
    private async Task EndSweepAsync(ScanResult result, WatchScope scope, CancellationToken cancellationToken)
    {
        await _accepting.WaitAsync(cancellationToken);
        try
        {
            var looks = _beside.End();
            if (looks is null)
            {
                // Cheaper to find by the next one.
                SweepSoon();
            }
            else if (looks.Count > 0)
            {
                var looked = await _scanner.LookAsync(new ScanRequest { Scope = scope.Scan, Contents = [.. _faults] }, result.Tree, looks, cancellationToken);
                result = result with { Tree = looked.Tree, Hot = looked.Hot, FilesRead = result.FilesRead + looked.FilesRead, BytesRead = result.BytesRead + looked.BytesRead };
            }

            Accept(result, scope);
        }
        finally
        {
            _accepting.Release();
        }
    }

    /// <summary>Large files that cannot be read are known as such by later looks too, until they change.</summary>
    private void NoteFaults(IReadOnlyCollection<LargeFileReading> contents)
    {
        foreach (var reading in contents)
        {
            _faults.RemoveAll(fault => fault.Status.Inode == reading.Status.Inode && fault.Status.Device == reading.Status.Device);
            if (reading.Error != Errno.None)
            {
                _faults.Add(reading);
            }
        }

        _faults.RemoveRange(0, Math.Max(0, _faults.Count - MaxFaults));
    }

    private void Accept(ScanResult result, WatchScope scope)
    {
        NoteRead(result.BytesRead);
        Hot = result.Hot;
        foreach (var path in result.ChangedSilently)
        {
            ChangedSilently++;
            _log.ChangedSilently(path.ToString());
        }

        var before = _current;
        _current = new MachineSnapshot(result.Tree, scope);
        if (before is null || !ReferenceEquals(before.Tree, result.Tree) || !ReferenceEquals(before.Scope, scope))
        {
            _unread.Look();
            _changed();
        }
    }
}
