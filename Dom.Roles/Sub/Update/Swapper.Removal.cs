using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>How what the image lacks goes away.</summary>
internal sealed partial class Swapper
{
    private void Remove(SwapStep step)
    {
        if (!TryFindOld(step, out var directory, out var name, out var status))
        {
            return;
        }

        FailPoint.Pass(FailPoint.Remove);
        var error = TryRemove(directory, name, status);
        if (error is Errno.EPERM or Errno.EACCES && ClearProtection(directory, name))
        {
            error = TryRemove(directory, name, status);
        }

        FailPoint.Pass(FailPoint.Removed);
        if (error == Errno.EBUSY)
        {
            Hold(step, MountedOn);
        }
        else if (error is not (Errno.None or Errno.ENOENT))
        {
            Fail(step, $"the file cannot be removed ({error})");
        }
    }

    /// <summary>Moves a file out of the tree; its blocks are freed after the swap. One of several names of a file is just removed.</summary>
    private Errno TryRemove(DirectoryHandle directory, ReadOnlySpan<byte> name, in FileStatus status)
    {
        if (status.Links == 1)
        {
            var error = directory.TryRename(name, _staging.Directory, StagingArea.NameOfRemoved(status.Inode), RenameMode.NoReplace);
            if (error is not (Errno.EEXIST or Errno.EINVAL))
            {
                return error;
            }
        }

        return directory.TryUnlink(name);
    }

    private void RemoveDirectory(SwapStep step)
    {
        if (!TryFindOld(step, out var directory, out var name, out _))
        {
            return;
        }

        FailPoint.Pass(FailPoint.RemoveDirectory);
        var error = directory.TryRemoveDirectory(name);
        if (error == Errno.EPERM && ClearProtection(directory, name))
        {
            error = directory.TryRemoveDirectory(name);
        }

        FailPoint.Pass(FailPoint.RemovedDirectory);
        if (error is Errno.ENOTEMPTY or Errno.EEXIST)
        {
            Hold(step, "something appeared in it");
        }
        else if (error == Errno.EBUSY)
        {
            Hold(step, MountedOn);
        }
        else if (error is not (Errno.None or Errno.ENOENT))
        {
            Fail(step, $"the directory cannot be removed ({error})");
        }
    }

    /// <summary>Moves a directory away with all that is in it, however deep that reaches.</summary>
    private void RemoveTree(SwapStep step)
    {
        if (!TryFindOld(step, out var directory, out var name, out var status) || HoldsMount(step))
        {
            return;
        }

        FailPoint.Pass(FailPoint.RemoveDirectory);
        var aside = StagingArea.NameOfTree(status);
        var error = directory.TryRename(name, _staging.Directory, aside, RenameMode.NoReplace);
        if (error is Errno.EPERM or Errno.EACCES && ClearProtection(directory, name))
        {
            error = directory.TryRename(name, _staging.Directory, aside, RenameMode.NoReplace);
        }

        FailPoint.Pass(FailPoint.RemovedDirectory);
        if (error is not (Errno.None or Errno.ENOENT))
        {
            Fail(step, $"the directory cannot be moved away ({error})");
        }
    }

    /// <summary>Finds what a removal removes. False when it is gone, or when something else stands there, which stays.</summary>
    private bool TryFindOld(SwapStep step, out DirectoryHandle directory, out ReadOnlySpan<byte> name, out FileStatus status)
    {
        var cursor = step.IsMoved ? _moved : _tree;
        var path = step.IsMoved ? MovedPath(step) : step.Path.Bytes;
        status = default;
        var error = cursor.TryEnterParent(path, out directory, out name);
        error = error == Errno.None ? directory.TryGetStatus(name, out status) : error;
        if (error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return false;
        }

        if (error != Errno.None)
        {
            Fail(step, $"it cannot be reached ({error})");
            return false;
        }

        if (step.Old.Matches(status))
        {
            return true;
        }

        // In the staging area this is the new inode of an exchange that did not take place.
        if (!step.IsMoved)
        {
            Hold(step, "another file stands there now");
        }

        return false;
    }

    private static ReadOnlyMemory<byte> MovedPath(SwapStep step)
    {
        byte[] path = [.. StagingArea.NameOf(step.Staged), .. step.Path.Span[step.MovedPrefix..]];
        return path;
    }
}
