using System.Globalization;
using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>What exists on one side only, or as another kind on the other.</summary>
internal sealed partial class ComparisonWalk
{
    /// <summary>Other metadata on a directory that stays.</summary>
    public void ChangeDirectory(UnixPath path, EntryRef old, EntryRef wanted, in Inode inode)
    {
        if (_input.Deferred?.Contains(path) == true)
        {
            RemarkContested(path.Span);
        }
        else
        {
            _plan.ChangeMetadata(path, old, wanted, inode);
        }
    }

    /// <summary>
    /// True when the current path is left as it is for now (rule 26). Not true of a directory on both sides: its metadata alone is left, what it holds is compared.
    /// </summary>
    private bool IsDeferred(EntryRef imageEntry, EntryRef machineEntry)
    {
        if (_input.Deferred is not { Count: > 0 } deferred || !deferred.Contains(_path.Borrowed))
        {
            return false;
        }

        var image = imageEntry.IsNone ? default : imageEntry.ReadInode();
        var machine = machineEntry.IsNone ? default : machineEntry.ReadInode();
        var bothDirectories = image.Kind == InodeKind.Directory && machine.Kind == InodeKind.Directory;
        if (bothDirectories || machine.Kind is InodeKind.Unknown or InodeKind.Opaque or InodeKind.MountPoint || _rules.IsMissing(_path.Borrowed, image))
        {
            return false;
        }

        var isRight = image.Kind == InodeKind.None
            ? _input.Sparse
            : machine.Kind != InodeKind.None && _rules.SameContent(_path.Borrowed, image, machine) && _rules.SameMetadata(image, machine);
        if (!isRight)
        {
            RemarkContested(_path.Current);
        }

        return !isRight;
    }

    /// <summary>True when something is mounted at the current path and the snapshot does not show it.</summary>
    private bool IsMountPoint => _input.MountPoints is { Count: > 0 } points && points.Contains(_path.Borrowed);

    private void RemarkContested(ReadOnlySpan<byte> path) =>
        _plan.Remark(PlanExceptionKind.Contested, path, "it is changed again as often as it is corrected: it is corrected once a minute");

    private void OnlyImage(EntryRef entry, bool skipped)
    {
        var inode = entry.ReadInode();
        if (skipped)
        {
            SkipImage(inode);
            return;
        }

        OnlyInImage++;
        if (inode.Kind != InodeKind.Directory)
        {
            NewFile(entry, inode, default, InodeKind.None);
            return;
        }

        _plan.Create(KeepPath(), entry, directory: true);
        CompareDirectories(inode.Content, default);
    }

    /// <summary>A file where nothing stands, or a directory that the plan empties.</summary>
    private void NewFile(EntryRef entry, in Inode inode, EntryRef old, InodeKind oldKind)
    {
        var path = _path.Borrowed;
        if (_rules.IsMissing(path, inode))
        {
            _plan.MissComputed(path.Span);
        }
        else if (_links.IsLinkedInImage(path))
        {
            _links.Add(new LinkedName(KeepPath(), entry, old));
        }
        else if (oldKind == InodeKind.None)
        {
            _plan.Create(KeepPath(), entry, directory: false);
        }
        else
        {
            _plan.Replace(KeepPath(), old, oldKind, entry, inode);
        }
    }

    private void DirectoryForFile(EntryRef imageEntry, in Inode image, EntryRef machineEntry, in Inode machine)
    {
        if (IsMountPoint)
        {
            _plan.Remark(PlanExceptionKind.Blocked, _path.Current, MountedOver);
            SkipImage(image);
            return;
        }

        var path = KeepPath();
        _plan.Replace(path, machineEntry, machine.Kind, imageEntry, image);
        _links.Leave(path);
        CompareDirectories(image.Content, default);
    }

    private void FileForDirectory(EntryRef imageEntry, in Inode image, EntryRef machineEntry, in Inode machine)
    {
        if (_input.Sparse)
        {
            _plan.Remark(PlanExceptionKind.Blocked, _path.Current, "a directory is in the way, and a sparse image removes none");
        }
        else if (RemoveEntries(machine) || IsMountPoint)
        {
            _plan.Remark(PlanExceptionKind.Blocked, _path.Current, "the image has a file here, but " + BelowMustStay);
        }
        else
        {
            NewFile(imageEntry, image, machineEntry, machine.Kind);
        }
    }

    private void BothAtMount(in Inode image)
    {
        if (image.Kind != InodeKind.Directory)
        {
            _plan.Remark(PlanExceptionKind.Blocked, _path.Current, "the image has a file where a file system is mounted");
            return;
        }

        var below = InodeCount.Below(_image, image.Content, _cancellationToken);
        ImageOutOfScope += below;
        if (below > 0)
        {
            _plan.Remark(PlanExceptionKind.Held, _path.Current, string.Create(
                CultureInfo.InvariantCulture, $"a file system is mounted here and hides {below} entries of the image"));
        }
    }

    /// <summary>Removes what the image lacks; true when it must stay.</summary>
    private bool Remove(EntryRef entry)
    {
        var inode = entry.ReadInode();
        switch (inode.Kind)
        {
            case InodeKind.Unknown when inode.IsTooDeep && _scope.Below(_path.Current) is (false, false):
                OnlyOnMachine++;
                _plan.RemoveTree(KeepPath(), entry);
                return false;
            case InodeKind.Unknown or InodeKind.Opaque:
                RemarkUnknown(inode);
                return true;
            case InodeKind.MountPoint:
                _plan.Remark(PlanExceptionKind.Held, _path.Current, "a file system is mounted here");
                return true;
            case InodeKind.Directory when IsMountPoint:
                _ = RemoveEntries(inode);
                _plan.Remark(PlanExceptionKind.Held, _path.Current, "a file system is mounted here");
                return true;
            case not InodeKind.Directory when IsMountPoint:
                _plan.Remark(PlanExceptionKind.Held, _path.Current, MountedOver);
                return true;
            case InodeKind.Directory when RemoveEntries(inode):
                _plan.Remark(PlanExceptionKind.Held, _path.Current, BelowMustStay);
                return true;
            case InodeKind.Directory when _plan.JustRemovedTreeIn(_path.Current) && ReadEntries(_machine, inode.Content).Length == 1:
                // A long chain of directories goes as one: a step for each would be a thousand, and none says more than the topmost.
                OnlyOnMachine++;
                _plan.WidenRemovedTree(KeepPath(), entry);
                return false;
            default:
                var path = KeepPath();
                OnlyOnMachine++;
                _plan.Remove(path, entry, inode.Kind == InodeKind.Directory);
                _links.Leave(path);
                return false;
        }
    }

    /// <summary>Removes everything in a directory that need not stay; true when something must.</summary>
    private bool RemoveEntries(in Inode directory)
    {
        EnterDirectory();
        var stays = false;
        var scope = _scope.Below(_path.Current);
        foreach (var entry in ReadEntries(_machine, directory.Content))
        {
            var before = _path.Push(entry.Name.Span);
            stays |= _scope.Excludes(_path.Current, scope) || IsDeferred(default, entry) || Remove(entry);
            _path.Pop(before);
        }

        return stays;
    }

    private void RemarkUnknown(in Inode inode) => _plan.Remark(
        PlanExceptionKind.Unknown,
        _path.Current,
        inode.Kind == InodeKind.Opaque ? "it has not been scanned since the filter changed" : $"it cannot be read: {((Errno)inode.Errno).Meaning()} ({((Errno)inode.Errno).Name()})");

    private void SkipImage(in Inode inode) =>
        ImageOutOfScope += 1 + (inode.Kind == InodeKind.Directory ? InodeCount.Below(_image, inode.Content, _cancellationToken) : 0);
}
