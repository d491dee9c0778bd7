using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Roles.Sub.Images;

namespace Dom.Roles.Sub.Update;

/// <summary>
/// What an update replaced on the way from one image to another, kept in <c>.subd/previous</c> until the new image has proved itself: the very inodes, each
/// named by the digest of its content. With the blocks of the image they belonged to, which stay in the store, they are the way back.
/// </summary>
/// <remarks>Somebody may still have such a file open for writing, so nothing is taken from here without being verified.</remarks>
internal sealed class PreviousFiles
{
    private const uint Mode = 0x1c0;

    private readonly DirectoryHandle _private;
    private readonly ImageMark _image;
    private readonly Lock _lock = new();

    /// <summary>Looks what an earlier process kept. Files that belong to no image any more are put aside to be removed.</summary>
    public PreviousFiles(DirectoryHandle privateDirectory)
    {
        _private = privateDirectory;
        _image = new ImageMark(privateDirectory, "previous-image"u8);
        if (_image.Image is null)
        {
            PutAside();
        }
        else
        {
            Count();
        }
    }

    private static ReadOnlySpan<byte> Area => "previous"u8;

    /// <summary>The image the files belonged to, to which there is a way back; null when there is none.</summary>
    public ImageReference? Image => _image.Image;

    /// <summary>How many files are kept.</summary>
    public int Files { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>True when the files were given up for want of space, so that the way back may be cut.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>
    /// Moves here what the steps of a swap replaced. Files of another image that were kept before go. May be repeated after a crash, and adds to what is kept
    /// when an earlier update did not get to its end. To be called while the journal still tells what the steps were.
    /// </summary>
    public void Take(StagingArea staging, IReadOnlyList<SwapStep> steps, ImageReference image)
    {
        lock (_lock)
        {
            if (_image.Image is not null && !_image.Image.IsSameAs(image))
            {
                Forget();
            }

            FailPoint.Pass(FailPoint.PreviousMark);
            _image.Set(image);
            FailPoint.Pass(FailPoint.PreviousMarked);
            using var area = _private.OpenOrMakeDirectory(Area, Mode);
            foreach (var step in steps)
            {
                if (!step.OldContent.IsNone && FindReplaced(staging, step) is { } name)
                {
                    FailPoint.Pass(FailPoint.PreviousMove);

                    // The same content under another path: one of them is enough.
                    staging.Directory.TryRename(name, area, NameOf(step.OldContent), RenameMode.NoReplace);
                    FailPoint.Pass(FailPoint.PreviousMoved);
                }
            }

            IsGivenUp = false;
            Count();
        }
    }

    /// <summary>The size of a kept content; -1 when it is not kept.</summary>
    public long GetSize(ObjectId content)
    {
        if (TryOpenArea() is not { } area)
        {
            return -1;
        }

        using (area)
        {
            return area.TryGetStatus(NameOf(content), out var status) == Errno.None && status.Kind == FileKind.Regular ? status.Size : -1;
        }
    }

    /// <summary>The directory of the files, and the name of one in it; false when it is not kept.</summary>
    public bool TryFind(ObjectId content, out DirectoryHandle? area, out byte[] name)
    {
        name = NameOf(content);
        area = TryOpenArea();
        if (area is not null && area.Exists(name))
        {
            return true;
        }

        area?.Dispose();
        area = null;
        return false;
    }

    /// <summary>Removes a content that was found to be another.</summary>
    public void Remove(ObjectId content)
    {
        using var area = TryOpenArea();
        area?.UnlinkIfExists(NameOf(content));
    }

    /// <summary>There is no way back any more. The files are put aside; <see cref="StagingArea.RemoveDiscarded"/> frees their space.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            Forget();
        }
    }

    /// <summary>Gives up the files, since their space is needed. Where the machine came from stays known, so that a failure is still noticed and told.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            PutAside();
            IsGivenUp = _image.Image is not null;
        }
    }

    /// <summary>The mark goes first: without it what is left of the files is removed by the next process.</summary>
    private void Forget()
    {
        FailPoint.Pass(FailPoint.PreviousDrop);
        _image.Clear();
        FailPoint.Pass(FailPoint.PreviousDropped);
        PutAside();
        IsGivenUp = false;
    }

    private void PutAside()
    {
        StagingArea.PutAside(_private, Area);
        (Files, Bytes) = (0, 0);
    }

    private DirectoryHandle? TryOpenArea() => _private.TryOpenDirectory(Area, out var area) == Errno.None ? area : null;

    private void Count()
    {
        (Files, Bytes) = (0, 0);
        using var area = TryOpenArea();
        foreach (var name in area?.ListNames() ?? [])
        {
            if (area!.TryGetStatus(name, out var status) == Errno.None)
            {
                Files++;
                Bytes += status.Size;
            }
        }
    }

    /// <summary>The name in the staging directory of the file that a step replaced or removed; null when it is not there, or was one of several names of a file.</summary>
    private static byte[]? FindReplaced(StagingArea staging, SwapStep step)
    {
        var name = step.Action switch
        {
            SwapAction.Install => StagingArea.NameOf(step.Staged),
            SwapAction.Remove => StagingArea.NameOfRemoved(step.Old.Number),
            _ => null,
        };
        return name is not null && staging.Directory.TryGetStatus(name, out var status) == Errno.None
            && status is { Kind: FileKind.Regular, Links: 1 } && step.Old.Matches(status)
            ? name
            : null;
    }

    private static byte[] NameOf(ObjectId content) => Encoding.ASCII.GetBytes(content.ToString());
}
