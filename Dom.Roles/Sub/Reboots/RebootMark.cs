using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Reboots;

/// <summary>The durable note that the machine is to reboot for what an update brought: a sub that is killed before still sees to it, and once it has happened it is over.</summary>
internal sealed class RebootMark(DirectoryHandle directory, string bootId)
{
    /// <summary>Most reboots for one image: whatever brings the trigger about again and again must not keep the machine rebooting.</summary>
    public const int MaxReboots = 2;

    private readonly StoredNote<RebootNote> _note = new(directory, "reboot"u8);
    private bool _isRecovering = true;

    /// <summary>What is remembered; null for nothing.</summary>
    public RebootNote? Note => _note.Value;

    /// <summary>True when the machine has rebooted for an update, and this is the first process since then.</summary>
    public bool HasRebooted { get; private set; }

    /// <summary>True while the machine is to reboot and will.</summary>
    public bool IsDue => Note?.Progress == RebootProgress.Due;

    /// <summary>True while what an update brought waits for a reboot, whether or not the machine reboots by itself.</summary>
    public bool IsPending => Note?.Progress is RebootProgress.Due or RebootProgress.Held;

    /// <summary>Looks whether the machine has rebooted since; to be called before anything is recovered.</summary>
    public void NoteBoot()
    {
        if (IsPending && Note is { } note && note.BootId != bootId)
        {
            HasRebooted = true;
            _note.Set(note with { Progress = RebootProgress.Done, Reason = "" });
        }
    }

    /// <summary>What a crash had interrupted is over.</summary>
    public void EndRecovery() => _isRecovering = false;

    /// <summary>An update to this image has ended and asks for a reboot; durable when this returns, and at worst said twice.</summary>
    public void Demand(ImageReference image)
    {
        // The journal that says it again after a reboot is the one of the update that the machine rebooted for.
        if ((_isRecovering && HasRebooted) || (IsPending && Note!.Manifest == image.Manifest))
        {
            return;
        }

        var count = Note?.Manifest == image.Manifest ? Note.Count + 1 : 1;
        FailPoint.Pass(FailPoint.RebootDue);
        _note.Set(new RebootNote
        {
            Progress = count > MaxReboots ? RebootProgress.Held : RebootProgress.Due,
            BootId = bootId,
            Image = image.Name,
            Manifest = image.Manifest,
            Count = count,
            Reason = count > MaxReboots
                ? string.Create(CultureInfo.InvariantCulture, $"it has rebooted {MaxReboots} times for {image.Name} within a short time, and something changes again what its reboot trigger matches")
                : "",
        });
        FailPoint.Pass(FailPoint.RebootNoted);
    }

    /// <summary>The machine is about to be told to reboot for the so many-th time; durable when this returns.</summary>
    public void Attempt(int number) => _note.Set(Note! with { Attempts = number });

    /// <summary>The machine does not reboot by itself any more.</summary>
    public void Hold(string reason) => _note.Set(Note! with { Progress = RebootProgress.Held, Reason = reason });

    /// <summary>A person wants it to reboot after all.</summary>
    /// <returns>False when it was not held.</returns>
    public bool Release()
    {
        if (Note is not { Progress: RebootProgress.Held } note)
        {
            return false;
        }

        _note.Set(note with { Progress = RebootProgress.Due, Count = 1, Attempts = 0, Reason = "" });
        return true;
    }

    /// <summary>Nothing is to be remembered any more: the update is taken back before the reboot, or the machine has been well for long enough.</summary>
    public void Forget() => _note.Clear();
}
