using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Update;

/// <summary>Rule 14: before anything is stopped or touched, everything that gives way must still be what the plan was made from.</summary>
internal sealed class OldInodeCheck(UpdateSite site, DraftList list, IReadOnlyList<UnixPath> otherNames)
{
    private readonly DirectoryReader _reader = new();
    private readonly AttributeReader _attributes = new();
    private readonly List<(StepDraft Directory, UnixPath Path, FileStatus Seen)> _sockets = [];

    /// <summary>The first look, at prepare: compares with the plan and remembers what was seen.</summary>
    /// <exception cref="UpdateAbortedException">A step no longer fits.</exception>
    public void Look(CancellationToken halt)
    {
        var mounts = MountTable.Read(site.RootPath);
        using var cursor = new DirectoryCursor(site.Root);
        foreach (var draft in list.Drafts)
        {
            halt.ThrowIfCancellationRequested();
            draft.Seen = ReadStatus(cursor, draft.Path, out var directory, out var name);
            var old = draft.Plan.Old.ReadInode();
            if (!Fits(draft.Seen, old, directory, name) || !HasSameAttributes(old, directory, name))
            {
                throw Changed(draft.Path, old.Kind == InodeKind.None ? "something stands there" : "it changed since it was read");
            }

            CheckDirectory(draft, directory, name, mounts);
        }

        foreach (var (directory, path, seen) in _sockets)
        {
            list.AddRemoval(directory, path, seen);
        }

        AddNames(cursor);
    }

    /// <summary>The second look, just before services are stopped: nothing changed since the first.</summary>
    /// <param name="linked">Inodes that staging has given one more name, which changed their change time.</param>
    /// <param name="halt">Ends the check.</param>
    /// <exception cref="UpdateAbortedException">A step no longer fits.</exception>
    public void LookAgain(IReadOnlySet<ulong> linked, CancellationToken halt)
    {
        var mounts = MountTable.Read(site.RootPath);
        using var cursor = new DirectoryCursor(site.Root);
        foreach (var draft in list.Drafts)
        {
            halt.ThrowIfCancellationRequested();
            var now = ReadStatus(cursor, draft.Path, out var directory, out var name);
            var same = linked.Contains(now.Inode)
                ? InodeIdentity.Of(now) == InodeIdentity.Of(draft.Seen) && now.Size == draft.Seen.Size && now.ModificationTime == draft.Seen.ModificationTime
                : IsSame(now, draft.Seen);
            if (!same)
            {
                throw Changed(draft.Path, "it changed while the update was being prepared");
            }

            CheckDirectory(draft, directory, name, mounts);
        }

        if (_sockets.Exists(socket => !list.Removes(socket.Path)))
        {
            throw Changed(_sockets[^1].Path, "it appeared while the update was being prepared");
        }
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
            var status = ReadStatus(cursor, path, out _, out _);
            if (status.Inode != 0 && leaders.TryGetValue(InodeIdentity.Of(status), out var leader))
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

    private static FileStatus ReadStatus(DirectoryCursor cursor, UnixPath path, out DirectoryHandle directory, out ReadOnlySpan<byte> name)
    {
        var error = cursor.TryEnterParent(path.Bytes, out directory, out name);
        FileStatus status = default;
        error = error == Errno.None ? directory.TryGetStatus(name, out status) : error;
        return error switch
        {
            Errno.None => status,
            // No directory, or something else where the plan makes one: nothing stands at the path itself.
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => default,
            Errno.EXDEV => throw Changed(path, "another file system was mounted above it"),
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
    private void CheckDirectory(StepDraft draft, DirectoryHandle parent, ReadOnlySpan<byte> name, MountTable mounts)
    {
        if (draft.Action is not (SwapAction.RemoveDirectory or SwapAction.RemoveTree))
        {
            return;
        }

        if (mounts.IsMountedBelow(draft.Path))
        {
            throw Changed(draft.Path, "another file system is mounted there or below; unmount it, or let the image's filter leave the path alone");
        }

        if (draft.Action == SwapAction.RemoveTree)
        {
            // What lies below has never been listed.
            return;
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
            if (status.Kind != FileKind.Socket)
            {
                throw Changed(path, "it appeared in a directory that is to be removed");
            }

            _sockets.Add((draft, path, status));
        }

        if (error != Errno.None)
        {
            throw new LinuxException(error, "list", draft.Path.ToString());
        }
    }

    private static UpdateAbortedException Changed(UnixPath path, string what) => new(UpdateCode.PlanChanged, $"{path}: {what}");
}
