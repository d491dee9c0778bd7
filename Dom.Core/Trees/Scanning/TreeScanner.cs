using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Reads the files below a root into snapshots.</summary>
/// <remarks>
/// No error on a single file or directory ends a scan: what cannot be read is an entry of kind <see cref="InodeKind.Unknown"/>. Mount points are not
/// gone into, sockets and <c>/.subd</c> are left out. Scans may run at the same time, each from the snapshot it was given: a scrub of hours beside
/// sweeps of seconds, whose silent changes are then read into the newest snapshot by <see cref="RescanAsync"/>. The root handle stays the caller's.
/// </remarks>
public sealed class TreeScanner(DirectoryHandle root, ScanOptions options)
{
    private readonly HotFiles _hot = new(options.Time);

    /// <summary>Scans everything in scope.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="previous">The snapshot to continue from; null for a first scan.</param>
    /// <param name="cancellationToken">Ends the scan; nothing is kept of it.</param>
    /// <exception cref="LinuxException">The root directory itself cannot be read.</exception>
    public Task<ScanResult> ScanAsync(ScanRequest request, MachineTree? previous, CancellationToken cancellationToken) =>
        Start(request, previous, null, cancellationToken);

    /// <summary>Reads only the given absolute paths again, with everything below those that are directories; all else is taken from the previous snapshot.</summary>
    /// <remarks>Contents of given files are read again even when nothing says that they changed. Paths that are gone or new are taken out or in.</remarks>
    public Task<ScanResult> RescanAsync(
        ScanRequest request, MachineTree previous, IReadOnlyCollection<UnixPath> paths, CancellationToken cancellationToken) =>
        Start(request, previous, RescanNode.Of(paths), cancellationToken);

    /// <summary>
    /// Looks at the status of the given paths only, as a sweep does: contents are read where it changed, with regard to files that change all the time (rule 5).
    /// The other names of files with several names are looked at as well. Costs what the paths cost, whatever the size of the tree.
    /// </summary>
    public Task<ScanResult> LookAsync(ScanRequest request, MachineTree previous, IReadOnlyCollection<PathLook> looks, CancellationToken cancellationToken) => ScanThread.Run(
        () =>
        {
            // Names that are known already are read together, so that a file is read for all of them or for none.
            PathLook[] all = [.. looks, .. LinkedNames.FindOthers(previous, looks)];
            var result = Execute(request, previous, RescanNode.Of(all), cancellationToken);
            var others = ReferenceEquals(result.Tree, previous) ? [] : LinkedNames.FindOthers(result.Tree, all);
            if (others.Count == 0)
            {
                return result;
            }

            var second = Execute(request, result.Tree, RescanNode.Of(others), cancellationToken);
            return second with
            {
                FilesRead = result.FilesRead + second.FilesRead,
                BytesRead = result.BytesRead + second.BytesRead,
                CpuTime = result.CpuTime + second.CpuTime,
                Duration = result.Duration + second.Duration,
            };
        },
        "dom look",
        options.Background,
        cancellationToken);

    /// <summary>A thread of its own: priorities are those of threads, and the depth of a tree is the depth of the stack.</summary>
    private Task<ScanResult> Start(ScanRequest request, MachineTree? previous, RescanNode? paths, CancellationToken cancellationToken) => ScanThread.Run(
        () => Execute(request, previous, paths, cancellationToken), "dom walk", options.Background, cancellationToken);

    private ScanResult Execute(ScanRequest request, MachineTree? previous, RescanNode? paths, CancellationToken cancellationToken)
    {
        using var run = new ScanRun(root, options, request, _hot, previous, cancellationToken);
        return run.Execute(paths);
    }
}
