using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <content>The walking thread: directories.</content>
internal sealed partial class ScanRun
{
    private const int BatchFiles = 32;
    private const long BatchBytes = 1 << 20;

    /// <summary>So many batches the walking thread reads itself before it starts others: a rescan of a few files needs none.</summary>
    private const int BatchesAlone = 4;

    private const int KeepCapacity = 256 * 1024;

    private readonly Reader _walker;
    private readonly DirectoryReader _listing = new();
    private readonly NameList _names = new();
    private readonly PathBuilder _path = new();
    private readonly ConcurrentBag<EntryList> _lists = [];

    /// <summary>Drafts whose directories are open: what a cancelled scan leaves behind is closed at its end.</summary>
    private readonly ConcurrentDictionary<DirectoryDraft, bool> _open = [];
    private FileTime _racyAfter;
    private long _batches;

    /// <summary>Reads a directory and everything below it, or the paths below it that are asked for.</summary>
    /// <returns>The error when the directory itself could not be listed; nothing is sealed then.</returns>
    private Errno Walk(DirectoryDraft draft, RescanNode? paths)
    {
        _stop.Token.ThrowIfCancellationRequested();
        _request.Progress?.Beat();
        _racyAfter = FileTime.From(_options.Time.GetUtcNow() - _options.TimeGranularity);
        if (draft.Gone is not null && paths is not null)
        {
            ReadSome(draft, paths);
        }
        else
        {
            var error = ReadAll(draft, paths);
            if (error != Errno.None)
            {
                return error;
            }
        }

        draft.Expect((draft.Files?.Count ?? 0) + (draft.Below?.Count ?? 0));
        Dispatch(draft);
        foreach (var below in CollectionsMarshal.AsSpan(draft.Below))
        {
            Enter(draft, below);
        }

        Arrive(draft);
        return Errno.None;
    }

    private Errno ReadAll(DirectoryDraft draft, RescanNode? paths)
    {
        var error = _names.Fill(_listing, draft.Handle);
        if (error != Errno.None)
        {
            return error;
        }

        var previous = new PreviousEntries(draft.Previous);
        for (var i = 0; i < _names.Count; i++)
        {
            var name = _names.NameAt(i);
            ReadEntry(draft, name, _names.KindAt(i), previous.Find(name), paths?.Find(name));
        }

        return Errno.None;
    }

    private void ReadSome(DirectoryDraft draft, RescanNode paths)
    {
        foreach (var (name, below) in paths.Below)
        {
            MachineEntry previous = default;
            draft.Previous?.TryFind(name.Span, out previous);
            ReadEntry(draft, name.Span, FileKind.Unknown, previous, below);
        }
    }

    private void Dispatch(DirectoryDraft draft)
    {
        var files = CollectionsMarshal.AsSpan(draft.Files);
        var start = 0;
        long bytes = 0;
        for (var i = 0; i < files.Length; i++)
        {
            bytes += files[i].Status.Size;
            if (i + 1 - start == BatchFiles || bytes >= BatchBytes || i + 1 == files.Length)
            {
                var batch = new Batch(draft, start, i + 1 - start);
                if (!TryQueue(batch))
                {
                    Read(batch, _walker);
                }

                start = i + 1;
                bytes = 0;
            }
        }
    }

    private bool TryQueue(in Batch batch)
    {
        if (_options.Threads == 1 || _batches++ < BatchesAlone)
        {
            return false;
        }

        StartWorkers();
        return _queue.TryAdd(batch);
    }

    private void Enter(DirectoryDraft draft, in PendingDirectory below)
    {
        var name = draft.Entries.NameAt(below.Index);
        var error = TryOpen(draft, name, below.Index, out var handle);
        if (error == Errno.None && handle is not null)
        {
            var child = new DirectoryDraft(draft, below.Index, handle, TakeList())
            {
                Previous = below.Previous,
                Covered = below.Covered,
                Gone = below is { Paths.IsWhole: false, Previous: not null } ? [] : null,
            };
            _open.TryAdd(child, true);
            var length = _path.Push(name);
            error = Walk(child, below.Paths);
            _path.Truncate(length);
            if (error == Errno.None)
            {
                return;
            }

            Close(child);
        }

        Fail(draft, below.Index, error);
        Arrive(draft);
    }

    private Errno TryOpen(DirectoryDraft draft, ReadOnlySpan<byte> name, int index, out DirectoryHandle? handle)
    {
        handle = null;
        if (draft.Depth >= TreeFormat.MaxDepth)
        {
            return Errno.ENAMETOOLONG;
        }

        var error = draft.Handle.TryOpenDirectory(name, out handle);
        if (handle is null)
        {
            return error;
        }

        // Between listing and opening another directory, or a mount, may have come to stand here.
        error = handle.TryGetStatus(out var status);
        if (error == Errno.None && (IsOtherMount(status) || FileId.Of(status) != draft.Entries.FactsAt(index).Id))
        {
            error = Errno.ESTALE;
        }

        if (error != Errno.None)
        {
            handle.Dispose();
            handle = null;
        }

        return error;
    }

    /// <summary>Something awaited arrived; the last seals the directory, and as far up as that was the last thing awaited.</summary>
    private void Arrive(DirectoryDraft draft)
    {
        while (draft.Arrived())
        {
            var before = draft.Previous;
            var content = before is not null && draft.Gone is { } gone
                ? before.Content.With(draft.Entries, gone, _table)
                : MachinePart.Build(draft.Entries, before?.Content, _table);
            var directory = before is not null && ReferenceEquals(before.Content, content) ? before : new MachineDirectory(content);
            Close(draft);
            GiveBack(draft.Entries);
            if (draft.Parent is not { } parent)
            {
                _root = directory;
                return;
            }

            parent.Entries.SetDirectory(draft.IndexInParent, directory);
            draft = parent;
        }
    }

    private void Close(DirectoryDraft draft)
    {
        _open.TryRemove(draft, out _);
        draft.Handle.Dispose();
    }

    private EntryList TakeList() => _lists.TryTake(out var list) ? list : new EntryList();

    private void GiveBack(EntryList list)
    {
        if (list.Encoded.Capacity <= KeepCapacity)
        {
            list.Clear();
            _lists.Add(list);
        }
    }

    private static void Fail(DirectoryDraft draft, int index, Errno error)
    {
        if (error == Errno.ENOENT)
        {
            draft.Entries.Remove(index);
        }
        else
        {
            draft.Entries.Replace(index, new Inode { Kind = InodeKind.Unknown, Errno = (int)error }, default);
        }
    }

    private bool IsOtherMount(in FileStatus status) =>
        status.MountId != 0 ? status.MountId != _mount : status.Kind == FileKind.Directory && status.Device != _device;
}
