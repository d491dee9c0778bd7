using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <content>The walking thread: contents that no scan waits for.</content>
internal sealed partial class ScanRun
{
    /// <summary>A file up to this size is always read with the scan: making many of them costs who makes them more than reading costs the scan.</summary>
    private const long AlwaysRead = 1 << 20;

    private const int BlockUnit = 512;

    private readonly Dictionary<FileId, LargeFileReading>? _broughtIn;
    private long _promised;

    /// <summary>True for a file that is read beside the scans. A hole counts as size, though it costs nothing to make: so what is mostly holes is large early.</summary>
    private bool IsLarge(in FileStatus status) => _options.LargeFile is { } large
        && (status.Size > large || (_request.Mode == ScanMode.Sweep && status.Size > AlwaysRead && status.Blocks * BlockUnit < status.Size / 2));

    /// <summary>True when this sweep has enough to read: the next one goes on. A first scan and a rescan of given paths read all.</summary>
    private bool IsPostponed(in FileStatus status, bool forced)
    {
        if (_options.LargeFile is null || _previous is null || forced || _request.Mode != ScanMode.Sweep || status.Size <= AlwaysRead)
        {
            return false;
        }

        _promised += status.Size;
        return _promised > _options.MaxSweepBytes;
    }

    /// <summary>Takes over what was read beside the scans, when the file has not changed since.</summary>
    private bool AddBroughtIn(DirectoryDraft draft, ReadOnlySpan<byte> name, in FileStatus status, in MachineEntry previous)
    {
        if (_broughtIn is null || !_broughtIn.TryGetValue(FileId.Of(status), out var reading) || !status.IsUnchangedSince(reading.Status))
        {
            return false;
        }

        if (reading.Error != Errno.None)
        {
            AddUnknown(draft, name, reading.Error);
        }
        else if (TryReadAttributes(draft, name, out var xattrs))
        {
            draft.Entries.Add(name, InodeOf(status, xattrs) with { Content = reading.Content }, FactsOf(status));
            if (previous.Kind == InodeKind.Regular && previous.ReadInode() is var old && IsUnchanged(status, previous.Facts, old)
                && !old.IsUnread && old.Content != reading.Content)
            {
                NoteSilentChange(PathOf(draft, name)());
            }
        }

        return true;
    }
}
