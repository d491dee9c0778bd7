using System.Runtime.InteropServices;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <content>All threads: contents.</content>
internal sealed partial class ScanRun
{
    private void Read(Batch batch, Reader reader)
    {
        var draft = batch.Draft;
        foreach (var file in CollectionsMarshal.AsSpan(draft.Files).Slice(batch.Start, batch.Count))
        {
            var reading = ReadContent(draft, file, reader);
            Apply(draft, file.Index, reading);
            if (reading.Unstable && reading.Disturbed is { } status)
            {
                _hot.NoteUnstable(FileId.Of(status), draft.PathOf(file.Index));
            }

            if (!file.Known.IsNone && reading is { Error: Errno.None, Disturbed: null } && reading.Content != file.Known)
            {
                NoteSilentChange(draft.PathOf(file.Index));
            }

            if (file.Link is { } link)
            {
                Share(link, reading);
            }

            Arrive(draft);
        }
    }

    private void Share(LinkedFile link, in FileReading reading)
    {
        foreach (var (other, index) in link.Complete(reading, out var shared))
        {
            Apply(other, index, shared);
            Arrive(other);
        }
    }

    /// <summary>
    /// Reads a file that may change or be replaced meanwhile: what was read counts only when the status is the same afterwards, else it is read once
    /// more, and after that the file is unstable.
    /// </summary>
    private FileReading ReadContent(DirectoryDraft draft, in PendingFile file, Reader reader)
    {
        var name = draft.Entries.NameAt(file.Index);
        var expected = file.Status;
        var content = default(ObjectId);
        var length = 0L;
        ReadOnlyMemory<byte> xattrs = default;
        var refused = false;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = draft.Handle.TryOpenForContent(name, _request.Direct && !refused, out var handle, out var direct);
            if (handle is null)
            {
                return new FileReading { Error = error };
            }

            using (handle)
            {
                if (_request.CachedOnly && !file.Known.IsNone && !handle.IsCached())
                {
                    return new FileReading { Content = file.Known };
                }

                error = reader.Hasher.Hash(handle, direct, expected.Size, out content, out length, _stop.Token);
                if (direct && error == Errno.EINVAL)
                {
                    // Opened and not read: the file system takes O_DIRECT for some files only.
                    refused = true;
                    attempt--;
                    continue;
                }

                Interlocked.Add(ref _directRefused, _request.Direct && !direct ? 1 : 0);
                Interlocked.Increment(ref _filesRead);
                _request.Progress?.Beat();
                Interlocked.Add(ref _bytesRead, length);
                var now = default(FileStatus);
                error = error == Errno.None ? handle.TryGetStatus(out now) : error;
                if (error != Errno.None)
                {
                    return new FileReading { Error = error };
                }

                if (now.IsUnchangedSince(expected) && length == expected.Size)
                {
                    return attempt == 0
                        ? new FileReading { Content = content }
                        : new FileReading { Content = content, Disturbed = expected, Xattrs = xattrs, Length = length };
                }

                error = now.Kind == FileKind.Regular ? reader.Attributes.Read(handle, default, out xattrs) : Errno.ESTALE;
                if (error != Errno.None)
                {
                    return new FileReading { Error = error };
                }

                expected = now;
                if (IsLarge(now))
                {
                    return new FileReading { Disturbed = now, Xattrs = xattrs, Content = TreeFormat.Unread, Length = now.Size };
                }

                if (now.Size == 0)
                {
                    return new FileReading { Disturbed = now, Xattrs = xattrs };
                }
            }
        }

        return new FileReading { Content = content, Disturbed = expected, Xattrs = xattrs, Length = length, Unstable = true };
    }

    private static void Apply(DirectoryDraft draft, int index, in FileReading reading)
    {
        if (reading.Error != Errno.None)
        {
            Fail(draft, index, reading.Error);
        }
        else if (reading.Disturbed is { } status)
        {
            var inode = InodeOf(status, reading.Xattrs) with { Size = (ulong)reading.Length, Content = reading.Content };
            draft.Entries.Replace(index, inode, new EntryFacts(status, racy: true, hot: reading.Unstable));
        }
        else
        {
            draft.Entries.SetContent(index, reading.Content);
        }
    }

    private void NoteSilentChange(UnixPath path)
    {
        _request.SilentChange?.Invoke(path);
        lock (_silent)
        {
            if (_silent.Count < MaxSilentChanges)
            {
                _silent.Add(path);
            }
        }
    }
}
