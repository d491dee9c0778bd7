using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Writing;

namespace Dom.Roles.Sub.Update;

/// <summary>Carries out the steps of a swap: renames, removals and metadata calls, nothing else. Can be run again after a crash.</summary>
/// <remarks>
/// Whether a step was done is seen, not remembered. A rename takes the inode out of the staging directory in the same instant as it puts it into the tree; after
/// an exchange the staging directory holds the old one. So a step is done when its number is gone from there, and half done when the inode there is another.
/// </remarks>
internal sealed partial class Swapper : IDisposable
{
    private readonly StagingArea _staging;
    private const string MountedOn = "something is mounted there";

    private readonly FileSystemAbilities? _abilities;
    private readonly UnixPath _rootPath;
    private readonly DirectoryCursor _tree;
    private readonly DirectoryCursor _moved;
    private readonly bool _isRoot = ProcessControl.EffectiveUser == 0;
    private readonly List<StepFault> _failures = [];
    private readonly List<StepFault> _held = [];
    private readonly Dictionary<int, HashSet<UnixPath>> _movedPaths = [];
    private readonly HashSet<UnixPath> _trees = [];
    private bool _looksFirst;

    public Swapper(UpdateSite site, StagingArea staging)
    {
        _staging = staging;
        _abilities = site.Abilities;
        _rootPath = site.RootPath;
        _tree = new DirectoryCursor(site.Root);
        _moved = new DirectoryCursor(staging.Directory);
    }

    /// <summary>Steps that failed, also the second time.</summary>
    public IReadOnlyList<StepFault> Failures => _failures;

    /// <summary>Paths left alone since something else stands there now.</summary>
    public IReadOnlyList<StepFault> Held => _held;

    /// <summary>Does all steps in order. What failed is tried once more at the end: a later step may have made room.</summary>
    /// <param name="steps">All steps.</param>
    /// <param name="again">True after a crash, when some steps may have been done.</param>
    public void Run(IReadOnlyList<SwapStep> steps, bool again)
    {
        foreach (var step in steps)
        {
            if (step.Action == SwapAction.RemoveTree)
            {
                _trees.Add(step.Path);
            }

            if (step.IsMoved)
            {
                if (!_movedPaths.TryGetValue(step.Staged, out var paths))
                {
                    _movedPaths.Add(step.Staged, paths = []);
                }

                paths.Add(step.Path);
            }
        }

        _looksFirst = again;
        var failed = RunOnce(steps);
        if (failed.Count > 0)
        {
            _failures.Clear();
            _looksFirst = true;
            _tree.Reset();
            _moved.Reset();
            RunOnce(failed);
        }

        FailPoint.Pass(FailPoint.Swapped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tree.Dispose();
        _moved.Dispose();
    }

    private List<SwapStep> RunOnce(IReadOnlyList<SwapStep> steps)
    {
        var failed = new List<SwapStep>();
        foreach (var step in steps)
        {
            var failures = _failures.Count;
            try
            {
                switch (step.Action)
                {
                    case SwapAction.Install:
                        Install(step);
                        break;
                    case SwapAction.SetMetadata:
                        SetMetadata(step);
                        break;
                    case SwapAction.Remove:
                        Remove(step);
                        break;
                    case SwapAction.RemoveTree:
                        RemoveTree(step);
                        break;
                    default:
                        RemoveDirectory(step);
                        break;
                }
            }
            catch (LinuxException e)
            {
                Fail(step, e.Message);
            }

            if (_failures.Count > failures)
            {
                failed.Add(step);
            }
        }

        return failed;
    }

    private void SetMetadata(SwapStep step)
    {
        var error = _tree.TryEnterParent(step.Path.Bytes, out var directory, out var name);
        PathHandle? inode = null;
        error = error == Errno.None ? directory.TryOpenPath(name, out inode) : error;
        if (inode is null)
        {
            Hold(step, $"it cannot be opened any more ({error})");
            return;
        }

        using (inode)
        {
            if (!step.Old.Matches(inode.GetStatus()))
            {
                Hold(step, "another file stands there now");
                return;
            }

            // It was the right owner's when the plan was made; what has become of it since must not be made privileged in place.
            if (FreshInode.IsNeeded(inode.GetStatus(), step.ReadMetadata()))
            {
                Hold(step, "its owner or mode changed");
                return;
            }

            FailPoint.Pass(FailPoint.Metadata);
            ApplyMetadata(step, inode, directory, name);
            FailPoint.Pass(FailPoint.MetadataSet);
        }
    }

    private void ApplyMetadata(SwapStep step, PathHandle inode, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        var wanted = step.ReadMetadata();
        try
        {
            InodeMetadata.Set(inode, wanted, _abilities);
        }
        catch (LinuxException e) when (e.Error == Errno.EPERM && ClearProtection(directory, name))
        {
            InodeMetadata.Set(inode, wanted, _abilities);
        }
    }

    /// <summary>Takes <c>chattr</c>'s protection from what is in the way: the file itself and the directory that holds it, not what lies below.</summary>
    private bool ClearProtection(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        if (!_isRoot)
        {
            return false;
        }

        var cleared = directory.TryClearProtection();
        if (directory.TryGetStatus(name, out var status) != Errno.None)
        {
            return cleared;
        }

        if (status.Kind == FileKind.Directory && directory.TryOpenDirectory(name, out var inner) == Errno.None)
        {
            using (inner)
            {
                cleared |= inner!.TryClearProtection();
            }
        }
        else if (status.Kind == FileKind.Regular && directory.TryOpenFile(name, out var file) == Errno.None)
        {
            using (file)
            {
                cleared |= file!.TryClearProtection();
            }
        }

        return cleared;
    }

    /// <summary>
    /// True when a volume would be carried away with the directory. The checks of the preparation looked too, but services were stopped since: the kernel refuses
    /// to move or remove a mount point, not what lies above one.
    /// </summary>
    private bool HoldsMount(SwapStep step)
    {
        var holds = MountTable.Read(_rootPath).IsMountedBelow(step.Path);
        if (holds)
        {
            Hold(step, "another file system was mounted in it just now");
        }

        return holds;
    }

    private void Fail(SwapStep step, string reason) => _failures.Add(new StepFault(step.Path, reason));

    private void Hold(SwapStep step, string reason) => _held.Add(new StepFault(step.Path, reason));
}
