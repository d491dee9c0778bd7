using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Update;

/// <summary>Rule 14: before anything is stopped or touched, everything that gives way must still be what the plan was made from. What is not is left out.</summary>
internal sealed class OldInodeCheck(UpdateSite site, DraftList list, IReadOnlyList<UnixPath> otherNames)
{
    private const string MountedAbove = "another file system was mounted above it";

    private readonly DirectoryReader _reader = new();
    private readonly AttributeReader _attributes = new();
    private readonly List<(StepDraft Directory, UnixPath Path, FileStatus Seen)> _sockets = [];

    /// <summary>The first look, at prepare: compares with the plan, remembers what was seen and leaves out what moved.</summary>
    /// <exception cref="UpdateAbortedException">No step fits any longer.</exception>
    public void Look(CancellationToken halt)
    {
        var mounts = MountTable.Read(site.RootPath);
        using var cursor = new DirectoryCursor(site.Root);
        foreach (var draft in list.Drafts)
        {
            halt.ThrowIfCancellationRequested();
            Mark(draft, () => Compare(draft, cursor, mounts));
        }

        list.Cut();
        foreach (var (directory, path, seen) in _sockets)
        {
            if (directory.LeftOut is null)
            {
                list.AddRemoval(directory, path, seen);
            }
        }

        AddNames(cursor);
    }

    /// <summary>The second look, just before services are stopped: what changed since the first is marked to be left out.</summary>
    /// <param name="linked">Inodes that staging has given one more name, which changed their change time.</param>
    /// <param name="halt">Ends the check.</param>
    public void LookAgain(IReadOnlySet<ulong> linked, CancellationToken halt)
    {
        var mounts = MountTable.Read(site.RootPath);
        using var cursor = new DirectoryCursor(site.Root);
        foreach (var draft in list.Drafts)
        {
            halt.ThrowIfCancellationRequested();
            Mark(draft, () => CompareAgain(draft, cursor, mounts, linked));
        }
    }

    /// <summary>
    /// Whoever moves files about all the time can make any call fail; that costs him the correction of his own paths, nobody else theirs.
    /// </summary>
    private static void Mark(StepDraft draft, Func<string?> compare)
    {
        try
        {
            draft.LeftOut = compare();
        }
        catch (LinuxException e)
        {
            draft.LeftOut = e.Message;
        }
    }

    private string? Compare(StepDraft draft, DirectoryCursor cursor, MountTable mounts)
    {
        var error = Read(cursor, draft.Path, out var status, out var directory, out var name);
        draft.Seen = status;
        var old = draft.Plan.Old.ReadInode();
        if (error == Errno.EXDEV)
        {
            return MountedAbove;
        }

        if (!Fits(draft.Seen, old, directory, name) || !HasSameAttributes(old, directory, name))
        {
            return old.Kind == InodeKind.None ? "something stands there" : "it changed since it was read";
        }

        return CheckDirectory(draft, directory, name, mounts, again: false);
    }

    private string? CompareAgain(StepDraft draft, DirectoryCursor cursor, MountTable mounts, IReadOnlySet<ulong> linked)
    {
        if (Read(cursor, draft.Path, out var now, out var directory, out var name) == Errno.EXDEV)
        {
            return MountedAbove;
        }

        var same = linked.Contains(now.Inode)
            ? InodeIdentity.Of(now) == InodeIdentity.Of(draft.Seen) && now.Size == draft.Seen.Size && now.ModificationTime == draft.Seen.ModificationTime
            : IsSame(now, draft.Seen);
        return same ? CheckDirectory(draft, directory, name, mounts, again: true) : "it changed while the update was being prepared";
    }

    /// <summary>Finds the further names of files that get a new inode. What is no name of such a file any more is left to the next plan.</summary>
    private void AddNames(DirectoryCursor cursor)
    {
        if (otherNames.Count == 0)
        {
            return;
        }

        var leaders = new Dictionary<InodeIdentity, StepDraft>();
        foreach (var draft in list.Drafts)
        {
            if (draft.CopiesOld && draft.Seen.Links > 1)
            {
                leaders[InodeIdentity.Of(draft.Seen)] = draft;
            }
        }

        var names = new List<(UnixPath, FileStatus, StepDraft)>();
        foreach (var path in otherNames)
        {
            if (Read(cursor, path, out var status, out _, out _) == Errno.None && status.Inode != 0 && leaders.TryGetValue(InodeIdentity.Of(status), out var leader))
            {
                names.Add((path, status, leader));
            }
        }

        list.AddNames(names);
    }

    /// <summary>A directory changes its times with every entry; its identity and its listing are what counts.</summary>
    private static bool IsSame(in FileStatus now, in FileStatus seen) => now.Kind == FileKind.Directory
        ? InodeIdentity.Of(now) == InodeIdentity.Of(seen) && now.Mode == seen.Mode && now.Owner == seen.Owner && now.Group == seen.Group
        : now.IsUnchangedSince(seen);

    /// <returns>None, also when nothing stands there, or EXDEV.</returns>
    private static Errno Read(DirectoryCursor cursor, UnixPath path, out FileStatus status, out DirectoryHandle directory, out ReadOnlySpan<byte> name)
    {
        var error = cursor.TryEnterParent(path.Bytes, out directory, out name);
        status = default;
        error = error == Errno.None ? directory.TryGetStatus(name, out status) : error;
        return error switch
        {
            // No directory, or something else where the plan makes one: nothing stands at the path itself.
            Errno.None or Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => Errno.None,
            Errno.EXDEV => error,
            _ => throw new LinuxException(error, "look at", path.ToString()),
        };
    }

    private static bool Fits(in FileStatus status, in Inode old, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        if (old.Kind == InodeKind.None)
        {
            // Trees record no sockets, so one in the way is nothing.
            return status.Inode == 0 || status.Kind == FileKind.Socket;
        }

        if (old.IsTooDeep)
        {
            return status.Kind == FileKind.Directory;
        }

        if (status.Inode == 0 || status.Kind != KindOf(old.Kind) || status.Owner != old.Uid || status.Group != old.Gid)
        {
            return false;
        }

        var time = status.ModificationTime;
        return old.Kind switch
        {
            InodeKind.Symlink => directory.ReadLink(name).AsSpan().SequenceEqual(old.Target.Span),
            InodeKind.Directory => status.Permissions == old.Mode,
            _ => status.Permissions == old.Mode && time.Seconds == old.MtimeSeconds && time.Nanoseconds == old.MtimeNanoseconds
                && (old.Kind != InodeKind.Regular || (ulong)status.Size == old.Size)
                && (old.Kind is not (InodeKind.CharacterDevice or InodeKind.BlockDevice) || status.SpecialDevice == old.Device),
        };
    }

    private bool HasSameAttributes(in Inode old, DirectoryHandle directory, ReadOnlySpan<byte> name) =>
        old.Kind == InodeKind.None || old.IsTooDeep
        || (_attributes.Read(directory, name, out var xattrs) == Errno.None && xattrs.Span.SequenceEqual(old.Xattrs.Span));

    private static FileKind KindOf(InodeKind kind) => kind switch
    {
        InodeKind.Regular => FileKind.Regular,
        InodeKind.Directory => FileKind.Directory,
        InodeKind.Symlink => FileKind.Symlink,
        InodeKind.CharacterDevice => FileKind.CharacterDevice,
        InodeKind.BlockDevice => FileKind.BlockDevice,
        InodeKind.Fifo => FileKind.Fifo,
        _ => FileKind.Unknown,
    };

    /// <summary>A directory that goes must list nothing but what goes with it, and nothing may be mounted there.</summary>
    private string? CheckDirectory(StepDraft draft, DirectoryHandle parent, ReadOnlySpan<byte> name, MountTable mounts, bool again)
    {
        if (draft.Action is not (SwapAction.RemoveDirectory or SwapAction.RemoveTree))
        {
            return null;
        }

        if (mounts.IsMountedBelow(draft.Path))
        {
            return "another file system is mounted there or below; unmount it, or let the image's filter leave the path alone";
        }

        if (draft.Action == SwapAction.RemoveTree)
        {
            // What lies below has never been listed.
            return null;
        }

        using var directory = parent.OpenDirectory(name);
        _reader.Begin(directory);
        Errno error;
        while (_reader.MoveNext(out error))
        {
            var path = draft.Path.Join(_reader.Name);
            if (list.Removes(path))
            {
                continue;
            }

            var status = directory.GetStatus(_reader.Name);
            if (again || status.Kind != FileKind.Socket)
            {
                return $"{path} appeared in it, and the plan does not remove that";
            }

            _sockets.Add((draft, path, status));
        }

        return error == Errno.None ? null : throw new LinuxException(error, "list", draft.Path.ToString());
    }
}
