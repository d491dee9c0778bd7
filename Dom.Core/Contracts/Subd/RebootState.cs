namespace Dom.Core.Contracts.Subd;

/// <summary>Whether a machine is to reboot for what an update brought. Numbers are part of the protocol.</summary>
public enum RebootState : byte
{
    /// <summary>No.</summary>
    None = 0,

    /// <summary>Yes, and something is waited for: see <see cref="PollResponse.RebootReason"/>.</summary>
    Due = 1,

    /// <summary>It has been told to reboot.</summary>
    Rebooting = 2,

    /// <summary>Yes, but it does not by itself: it rebooted for this image again and again, or does not obey. A person decides (<c>Subd.Retry</c>).</summary>
    Held = 3,
}
