using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Writing;

namespace Dom.Roles.Sub.Update;

/// <summary>Makes every new inode ready in the staging directory, complete, so that the swap only renames.</summary>
/// <param name="site">The tree.</param>
/// <param name="staging">Where inodes are made ready.</param>
/// <param name="objects">Contents.</param>
/// <param name="previous">For the way back, files that were kept: the very inode is put back where it fits; null for every other update.</param>
/// <param name="plan">What is to be done.</param>
/// <param name="list">Its steps.</param>
internal sealed class Stager(UpdateSite site, StagingArea staging, FileObjectStore objects, PreviousFiles? previous, Plan plan, DraftList list)
{
    private const int MaxParallel = 4;

    private readonly InodeWriter _writer = new() { Abilities = site.Abilities };
    private readonly KeptInodes? _kept = previous is null ? null : new KeptInodes(previous, staging, site.Abilities);
    private readonly HashSet<ulong> _linked = [];

    /// <summary>Inodes of the tree that got one more name, in the staging directory.</summary>
    public IReadOnlySet<ulong> Linked => _linked;

    /// <summary>Stages everything the drafts bring, and leaves out what moves meanwhile.</summary>
    /// <exception cref="UpdateAbortedException">Something cannot be made ready.</exception>
    public void Stage(CancellationToken halt)
    {
        var drafts = list.Drafts;
        RequireRoom();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MaxParallel), CancellationToken = halt };
        try
        {
            Parallel.For(
                0,
                drafts.Count,
                parallel,
                () => new DirectoryCursor(site.Root),
                (i, _, cursor) =>
                {
                    Stage(drafts[i], cursor);
                    return cursor;
                },
                static cursor => cursor.Dispose());
        }
        catch (AggregateException e) when (e.InnerException is IOException or CorruptObjectException or ObjectNotFoundException)
        {
            throw Failed(e.InnerException);
        }

        list.Cut();
        StageLinks(drafts, halt);
        list.Cut();
    }

    private void Stage(StepDraft draft, DirectoryCursor cursor)
    {
        if (!draft.BringsInode)
        {
            return;
        }

        var inode = plan.ReadNew(draft.Plan);
        var name = StagingArea.NameOf(draft.Staged);
        switch (inode.Kind)
        {
            case InodeKind.Regular or InodeKind.Computed when draft.CopiesOld:
                CopyFile(draft, cursor, name, inode);
                break;
            case InodeKind.Regular or InodeKind.Computed:
                WriteFile(name, inode);
                break;
            default:
                _writer.Write(staging.Directory, name, inode);
                break;
        }

        if (draft.LeftOut is null)
        {
            draft.New = InodeIdentity.Of(staging.Directory.GetStatus(name));
            FailPoint.Pass(FailPoint.Staged);
        }
    }

    private void WriteFile(byte[] name, in Inode inode)
    {
        if (_kept is not null && inode.Size > 0 && _kept.TryStage(name, inode, _writer))
        {
            return;
        }

        using var source = inode.Size > 0 ? objects.OpenFile(inode.Content) : null;
        try
        {
            _writer.WriteFile(staging.Directory, name, inode, inode.Content, (long)inode.Size, source);
        }
        catch (CorruptContentException)
        {
            // The copy here is worthless; without it the object is fetched again.
            objects.Remove(inode.Content);
            throw;
        }
    }

    /// <summary>Copies the file that stands there; what is copied is hashed, so that whoever still writes to the old one changes nothing of the new one.</summary>
    private void CopyFile(StepDraft draft, DirectoryCursor cursor, byte[] name, in Inode inode)
    {
        const string moved = "it changed while it was being copied to a new inode";
        FileHandle? source = null;
        var error = cursor.TryEnterParent(draft.Path.Bytes, out var directory, out var oldName);
        error = error == Errno.None && inode.Size > 0 ? directory.TryOpenFile(oldName, out source) : error;
        using (source)
        {
            if (error != Errno.None || (source is not null && !InodeIdentity.Of(draft.Seen).Matches(source.GetStatus())))
            {
                draft.LeftOut = moved;
                return;
            }

            try
            {
                _writer.WriteFile(staging.Directory, name, inode, inode.Content, (long)inode.Size, source);
            }
            catch (CorruptContentException)
            {
                draft.LeftOut = moved;
            }
        }
    }

    private void StageLinks(IReadOnlyList<StepDraft> drafts, CancellationToken halt)
    {
        var brought = new Dictionary<UnixPath, StepDraft>();
        foreach (var draft in drafts)
        {
            if (draft.BringsInode)
            {
                brought[draft.Path] = draft;
            }
        }

        using var cursor = new DirectoryCursor(site.Root);
        foreach (var draft in drafts)
        {
            if (draft.LinkTo is not { } target)
            {
                continue;
            }

            halt.ThrowIfCancellationRequested();
            var name = StagingArea.NameOf(draft.Staged);
            try
            {
                if (brought.TryGetValue(target, out var source))
                {
                    staging.Directory.Link(StagingArea.NameOf(source.Staged), staging.Directory, name);
                }
                else if (!LinkExisting(cursor, target, name))
                {
                    draft.LeftOut = $"{target} is gone, of which it was to become a name";
                    continue;
                }
            }
            catch (LinuxException e)
            {
                throw Failed(e);
            }

            draft.New = InodeIdentity.Of(staging.Directory.GetStatus(name));
            brought[draft.Path] = draft;
            FailPoint.Pass(FailPoint.Staged);
        }
    }

    private bool LinkExisting(DirectoryCursor cursor, UnixPath target, byte[] name)
    {
        var error = cursor.TryEnterParent(target.Bytes, out var directory, out var targetName);
        if (error != Errno.None || directory.TryGetStatus(targetName, out var status) != Errno.None || status.Kind == FileKind.Directory)
        {
            return false;
        }

        directory.Link(targetName, staging.Directory, name);
        _linked.Add(status.Inode);
        return true;
    }

    /// <summary>A file that was kept for the way back is there already: it gets its name back.</summary>
    private void RequireRoom()
    {
        var need = RoomNeed.OfStaging(plan, site.Abilities is { Clones: true }, previous is null ? null : content => previous.GetSize(content) >= 0);
        if (need.ShortageOn(staging.Directory.GetFileSystemStatus(), takesReserve: previous is not null) is { } shortage)
        {
            throw new UpdateAbortedException(UpdateCode.NoSpace, shortage);
        }
    }

    private static UpdateAbortedException Failed(Exception cause) => new(UpdateCode.PrepareFailed, cause.Message);
}
