using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Images.Sources;

/// <summary>A directory of this machine. It may be in use: what changes while it is pushed is read again.</summary>
/// <param name="path">The directory; it is not changed.</param>
public sealed class DirectorySource(string path) : PushSource
{
    private DirectoryHandle? _root;
    private TreeScanner? _scanner;
    private MachineTree? _scanned;

    /// <inheritdoc/>
    public override string Description => path;

    internal override async Task<SourceTree> ReadAsync(PushContext context, bool changed, CancellationToken cancellationToken)
    {
        var root = _root ??= DirectoryHandle.Open(path);
        _scanner ??= new TreeScanner(root, new ScanOptions { Time = context.Time });
        var scope = new ScanScope(exclusions: null, context.Filter.IsEmpty ? null : [context.Filter]);
        var mode = _scanned is null ? ScanMode.Sweep : ScanMode.Scrub;
        _scanned = (await _scanner.ScanAsync(new ScanRequest { Scope = scope, Mode = mode }, _scanned, cancellationToken)).Tree;
        var tree = _scanned.Tree;

        // A scan does not look at it at all.
        IReadOnlyList<LeftOut> leftOut = root.Exists(TreeName.Private) ? [new LeftOut(UnixPath.Root.Join(TreeName.Private), "that is the sub's own directory on every machine")] : [];
        if (context.Base is not null)
        {
            var image = ImageTree.Of(tree, owner: null, cancellationToken);
            tree = context.Lay(image.Tree, cancellationToken);
            leftOut = [.. leftOut, .. image.LeftOut];
        }

        return new SourceTree(tree, leftOut, () => new DirectoryContentReader(root));
    }

    private protected override ValueTask DisposeCoreAsync()
    {
        _root?.Dispose();
        return ValueTask.CompletedTask;
    }
}
