using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <content>The walking thread: one entry.</content>
internal sealed partial class ScanRun
{
    /// <summary>A symbolic link has no permissions; some file systems show others than 0777.</summary>
    private const uint SymlinkMode = 0x1ff;

    private readonly byte[] _target = new byte[DirectoryHandle.MaxLinkTarget];

    /// <summary>Where the sub keeps what is its own, at the root.</summary>
    private static ReadOnlySpan<byte> PrivateName => ".subd"u8;

    private void ReadEntry(DirectoryDraft draft, ReadOnlySpan<byte> name, FileKind kind, in MachineEntry previous, RescanNode? paths)
    {
        if (kind == FileKind.Socket || (draft.Parent is null && name.SequenceEqual(PrivateName)))
        {
            draft.Gone?.Add(name.ToArray());
            return;
        }

        var covered = draft.Covered;
        if (IsOutOfReach(name, ref covered))
        {
            draft.Entries.Add(name, new Inode { Kind = InodeKind.Opaque }, default);
            return;
        }

        var error = draft.Handle.TryGetStatus(name, out var status);
        if (error == Errno.ENOENT || status.Kind == FileKind.Socket)
        {
            draft.Gone?.Add(name.ToArray());
        }
        else if (error != Errno.None)
        {
            AddUnknown(draft, name, error);
        }
        else if (IsOtherMount(status))
        {
            draft.Entries.Add(name, new Inode { Kind = InodeKind.MountPoint }, default);
        }
        else if (status.Kind == FileKind.Directory)
        {
            AddDirectory(draft, name, status, previous, covered, paths);
        }
        else if (status.Kind == FileKind.Regular && status.Size > 0)
        {
            AddContent(draft, name, status, previous, paths);
        }
        else
        {
            AddOther(draft, name, status, previous);
        }
    }

    private bool IsOutOfReach(ReadOnlySpan<byte> name, ref uint covered)
    {
        if (_request.Scope.IsEverything)
        {
            return false;
        }

        var length = _path.Push(name);
        var result = _request.Scope.IsOutOfReach(_path.Path, ref covered);
        _path.Truncate(length);
        return result;
    }

    private void AddDirectory(
        DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status, in MachineEntry previous, uint covered, RescanNode? paths)
    {
        ReadOnlyMemory<byte> xattrs;
        if (previous.Kind == InodeKind.Directory && previous.Facts.Describe(status))
        {
            xattrs = previous.ReadInode().Xattrs;
        }
        else if (!TryReadAttributes(draft, name, out xattrs))
        {
            return;
        }

        var index = draft.Entries.Add(name, InodeOf(status, xattrs) with { Content = TreeFormat.Unread }, FactsOf(status));
        if (paths is { IsLook: true })
        {
            if (paths.IsDeep || previous.Directory is null || previous.Facts.Id != FileId.Of(status))
            {
                // Another directory than before: everything in it is looked at, as in a sweep.
                paths = null;
            }
            else if (paths.IsLeaf)
            {
                draft.Entries.SetDirectory(index, previous.Directory);
                return;
            }
        }

        draft.Add(new PendingDirectory(index, covered, previous.Directory, paths));
    }

    /// <summary>Links, devices, fifos and empty files: everything is known without opening them.</summary>
    private void AddOther(DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status, in MachineEntry previous)
    {
        if (previous.Kind == KindOf(status.Kind) && previous.Facts.Describe(status))
        {
            draft.Entries.AddEncoded(previous.Encoded, previous.Facts);
            return;
        }

        var target = ReadOnlyMemory<byte>.Empty;
        if (status.Kind == FileKind.Symlink)
        {
            var error = draft.Handle.TryReadLink(name, _target, out var length);
            if (error != Errno.None)
            {
                AddUnknown(draft, name, error);
                return;
            }

            target = _target.AsMemory(0, length);
        }

        if (TryReadAttributes(draft, name, out var xattrs))
        {
            draft.Entries.Add(name, InodeOf(status, xattrs) with { Target = target }, FactsOf(status));
        }
    }

    private void AddContent(DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status, in MachineEntry previous, RescanNode? paths)
    {
        var known = default(ObjectId);
        var forced = paths is { IsWhole: true };
        if (AddBroughtIn(draft, name, status, previous))
        {
            return;
        }

        if (previous.Kind == InodeKind.Regular)
        {
            var old = previous.ReadInode();
            if (IsUnchanged(status, previous.Facts, old))
            {
                if (IsLarge(status) || (_request.Mode == ScanMode.Sweep && !forced && !old.IsUnread))
                {
                    AddUnchanged(draft, status, previous, old);
                    return;
                }

                known = old.IsUnread ? default : old.Content;
            }
            else if (!forced && !IsLarge(status) && !previous.Facts.AgreeWith(status) && !ShouldRead(draft, name, status))
            {
                AddHot(draft, name, status, previous, old);
                return;
            }
        }

        if (!TryReadAttributes(draft, name, out var xattrs))
        {
            return;
        }

        var index = draft.Entries.Add(name, InodeOf(status, xattrs) with { Content = TreeFormat.Unread }, FactsOf(status));
        if (IsLarge(status))
        {
            return;
        }

        if (status.Links == 1)
        {
            if (!IsPostponed(status, forced))
            {
                draft.Add(new PendingFile(index, status, known, null));
            }

            return;
        }

        var id = FileId.Of(status);
        if (!_links.TryGetValue(id, out var link))
        {
            if (IsPostponed(status, forced))
            {
                return;
            }

            _links.Add(id, link = new LinkedFile());
            draft.Add(new PendingFile(index, status, known, link));
            return;
        }

        draft.Expect(1);
        if (link.TryGet(draft, index, out var reading))
        {
            Apply(draft, index, reading);
            Arrive(draft);
        }
    }

    /// <summary>A file that was found changed counts once a scan, however many names it has, and is read for all of them or for none.</summary>
    private bool ShouldRead(DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status)
    {
        var id = FileId.Of(status);
        if (status.Links > 1 && (_links.ContainsKey(id) || _hotLinks.Contains(id)))
        {
            return _links.ContainsKey(id);
        }

        var read = _hot.ShouldRead(id, PathOf(draft, name));
        if (!read && status.Links > 1)
        {
            _hotLinks.Add(id);
        }

        return read;
    }

    private void AddUnchanged(DirectoryDraft draft, in FileStatus status, in MachineEntry previous, in Inode old)
    {
        draft.Entries.AddEncoded(previous.Encoded, previous.Facts);
        if (status.Links > 1 && !_links.ContainsKey(previous.Facts.Id))
        {
            var link = new LinkedFile();
            link.Complete(new FileReading { Content = old.Content }, out _);
            _links.Add(previous.Facts.Id, link);
        }
    }

    /// <summary>Owner, mode and attributes are told as they are; content, size and time as they were when it was last read.</summary>
    private void AddHot(DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status, in MachineEntry previous, in Inode old)
    {
        if (TryReadAttributes(draft, name, out var xattrs))
        {
            var inode = old with { Mode = status.Permissions, Uid = status.Owner, Gid = status.Group, Xattrs = xattrs };
            draft.Entries.Add(name, inode, previous.Facts.AsHot());
        }
    }

    private bool TryReadAttributes(DirectoryDraft draft, ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> xattrs)
    {
        var error = _walker.Attributes.Read(draft.Handle, name, out xattrs);
        if (error == Errno.ENOENT)
        {
            draft.Gone?.Add(name.ToArray());
        }
        else if (error != Errno.None)
        {
            AddUnknown(draft, name, error);
        }

        return error == Errno.None;
    }

    private static void AddUnknown(DirectoryDraft draft, ReadOnlySpan<byte> name, Errno error) =>
        draft.Entries.Add(name, new Inode { Kind = InodeKind.Unknown, Errno = (int)error }, default);

    private static bool IsUnchanged(in FileStatus status, in EntryFacts facts, in Inode old) =>
        facts.Describe(status) && old.Size == (ulong)status.Size
        && old.MtimeSeconds == status.ModificationTime.Seconds && old.MtimeNanoseconds == status.ModificationTime.Nanoseconds;

    private static Func<UnixPath> PathOf(DirectoryDraft draft, ReadOnlySpan<byte> name)
    {
        var copy = name.ToArray();
        return () => draft.PathOf().Join(copy);
    }

    private EntryFacts FactsOf(in FileStatus status) => new(status, racy: status.ChangeTime >= _racyAfter, hot: false);

    /// <summary>Content and target are the caller's.</summary>
    private static Inode InodeOf(in FileStatus status, ReadOnlyMemory<byte> xattrs)
    {
        var kind = KindOf(status.Kind);
        var hasTime = kind is not (InodeKind.Directory or InodeKind.Symlink);
        return new Inode
        {
            Kind = kind,
            Mode = kind == InodeKind.Symlink ? SymlinkMode : status.Permissions,
            Uid = status.Owner,
            Gid = status.Group,
            Xattrs = xattrs,
            MtimeSeconds = hasTime ? status.ModificationTime.Seconds : 0,
            MtimeNanoseconds = hasTime ? (uint)status.ModificationTime.Nanoseconds : 0,
            Size = kind == InodeKind.Regular ? (ulong)status.Size : 0,
            Device = status.SpecialDevice,
        };
    }

    private static InodeKind KindOf(FileKind kind) => kind switch
    {
        FileKind.Regular => InodeKind.Regular,
        FileKind.Directory => InodeKind.Directory,
        FileKind.Symlink => InodeKind.Symlink,
        FileKind.CharacterDevice => InodeKind.CharacterDevice,
        FileKind.BlockDevice => InodeKind.BlockDevice,
        FileKind.Fifo => InodeKind.Fifo,
        _ => InodeKind.Unknown,
    };
}
