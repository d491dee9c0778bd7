using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>How a staged inode gets to its path.</summary>
internal sealed partial class Swapper
{
    private void Install(SwapStep step)
    {
        var staged = StagingArea.NameOf(step.Staged);
        if (_looksFirst && IsInstalled(step, staged))
        {
            return;
        }

        var error = _tree.TryEnterParent(step.Path.Bytes, out var directory, out var name);
        if (error != Errno.None)
        {
            Fail(step, $"the directory above cannot be entered ({error})");
            return;
        }

        var bringsDirectory = !step.Metadata.IsEmpty;
        if (_looksFirst && IsTaken(step, directory, name, bringsDirectory))
        {
            Hold(step, "something else was put there in the meantime");
            return;
        }

        var mode = bringsDirectory ? RenameMode.NoReplace : ModeFor(step, directory, name);
        FailPoint.Pass(FailPoint.Install);
        error = _staging.Directory.TryRename(staged, directory, name, mode);
        if (error is Errno.EPERM or Errno.EACCES && ClearProtection(directory, name))
        {
            error = _staging.Directory.TryRename(staged, directory, name, mode);
        }

        if (error is Errno.ENOENT or Errno.EINVAL && mode == RenameMode.Exchange)
        {
            error = _staging.Directory.TryRename(staged, directory, name, RenameMode.Replace);
        }

        FailPoint.Pass(FailPoint.Installed);
        switch (error)
        {
            case Errno.None:
                break;
            case Errno.EEXIST when bringsDirectory:
                InstallDirectory(step, staged, directory, name);
                break;
            case Errno.EISDIR:
                ExchangeDirectory(step, staged, directory, name);
                break;
            case Errno.EBUSY:
                Hold(step, MountedOn);
                break;
            default:
                Fail(step, $"the new file cannot be renamed there ({error})");
                break;
        }
    }

    /// <summary>
    /// A file changes places with the one it replaces, which is removed after the swap: to free the blocks of an inode takes a hundred times as long as a rename.
    /// One of several names is just replaced: the file stays, and a further name of it in the staging directory would be counted by whoever looks at it.
    /// </summary>
    private static RenameMode ModeFor(SwapStep step, DirectoryHandle directory, ReadOnlySpan<byte> name) =>
        step.Old != default && directory.TryGetStatus(name, out var status) == Errno.None && status.Kind != FileKind.Directory && status.Links == 1
            ? RenameMode.Exchange
            : RenameMode.Replace;

    /// <summary>
    /// Looks, after a crash, whether the step was done. After an exchange the old inode is there: a directory is taken apart by steps of its own, and a file may
    /// be the way back.
    /// </summary>
    private bool IsInstalled(SwapStep step, byte[] staged)
    {
        if (_staging.Directory.TryGetStatus(staged, out var status) != Errno.ENOENT && step.New.Matches(status))
        {
            return false;
        }

        RemoveSpareName(staged);
        return true;
    }

    /// <summary>One of several names of an old file is not kept: it would be counted by whoever looks at the others.</summary>
    private void RemoveSpareName(byte[] staged)
    {
        if (_staging.Directory.TryGetStatus(staged, out var status) == Errno.None && status is { Kind: not FileKind.Directory, Links: > 1 })
        {
            _staging.Directory.Unlink(staged);
        }
    }

    /// <summary>True when neither what the step replaces stands there nor what it brings: time has passed since the last look, and whoever put it there keeps it.</summary>
    private static bool IsTaken(SwapStep step, DirectoryHandle directory, ReadOnlySpan<byte> name, bool bringsDirectory) =>
        directory.TryGetStatus(name, out var status) == Errno.None
        && !step.Old.Matches(status)
        && !step.New.Matches(status)
        && !(bringsDirectory && status.Kind == FileKind.Directory);

    /// <summary>Brings a directory to a path where something stands.</summary>
    private void InstallDirectory(SwapStep step, byte[] staged, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        if (directory.GetStatus(name).Kind == FileKind.Directory)
        {
            // Somebody made the directory in the meantime; what is in it stays, and it gets the right owner and mode.
            using var inode = directory.OpenPath(name);
            if (inode.GetStatus().Kind != FileKind.Directory)
            {
                Fail(step, "something else was put there just now");
                return;
            }

            ApplyMetadata(step, inode, directory, name);
            _staging.Directory.TryRemoveDirectory(staged);
            return;
        }

        if (TryExchange(step, staged, directory, name))
        {
            RemoveSpareName(staged);
        }
    }

    /// <summary>Puts a file in the place of a directory, if nothing is in it that the plan does not remove.</summary>
    private void ExchangeDirectory(SwapStep step, byte[] staged, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        var removed = _movedPaths.GetValueOrDefault(step.Staged);
        using (var old = directory.OpenDirectory(name))
        {
            if (FindUnlisted(old, step.Path, removed, _trees) is { } unlisted)
            {
                Hold(step, $"{unlisted} appeared in the directory that was to give way");
                return;
            }
        }

        if (!HoldsMount(step))
        {
            TryExchange(step, staged, directory, name);
        }
    }

    private bool TryExchange(SwapStep step, byte[] staged, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        FailPoint.Pass(FailPoint.Exchange);
        var error = _staging.Directory.TryRename(staged, directory, name, RenameMode.Exchange);
        if (error is Errno.EPERM or Errno.EACCES && ClearProtection(directory, name))
        {
            error = _staging.Directory.TryRename(staged, directory, name, RenameMode.Exchange);
        }

        FailPoint.Pass(FailPoint.Exchanged);
        if (error != Errno.None)
        {
            Fail(step, $"old and new cannot be exchanged ({error})");
            return false;
        }

        _tree.Reset();
        _moved.Reset();
        return true;
    }

    private static UnixPath? FindUnlisted(DirectoryHandle directory, UnixPath path, HashSet<UnixPath>? removed, HashSet<UnixPath> trees)
    {
        var reader = new DirectoryReader();
        reader.Begin(directory);
        var below = new List<byte[]>();
        Errno error;
        while (reader.MoveNext(out error))
        {
            if (removed is null || !removed.Contains(path.Join(reader.Name)))
            {
                return path.Join(reader.Name);
            }

            if (reader.Kind is FileKind.Directory or FileKind.Unknown && !trees.Contains(path.Join(reader.Name)))
            {
                below.Add(reader.Name.ToArray());
            }
        }

        if (error != Errno.None)
        {
            throw new LinuxException(error, "list", path.ToString());
        }

        foreach (var name in below)
        {
            if (directory.TryOpenDirectory(name, out var inner) == Errno.None)
            {
                using (inner)
                {
                    if (FindUnlisted(inner!, path.Join(name), removed, trees) is { } unlisted)
                    {
                        return unlisted;
                    }
                }
            }
        }

        return null;
    }
}
