using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Machines that reboot for what an update brought: that they are away is no failure for a while, and that they are back is noticed by their boot id.</summary>
internal sealed partial class ManagedMachine
{
    private static readonly TimeSpan RebootRedial = TimeSpan.FromSeconds(5);

    private DateTimeOffset? _lastReboot;

    /// <summary>True while the machine does not answer since it has said that it reboots, and has not been away for too long.</summary>
    private bool IsAwayToReboot =>
        !_connected && _answer?.Reboot is RebootState.Due or RebootState.Rebooting && _context.Clock.GetElapsedTime(_heardAt) < _context.Options.RebootTimeout;

    /// <summary>True when a loss of contact of this kind is what a reboot looks like.</summary>
    private bool MayBeRebooting(MachineStatus loss) => IsAwayToReboot && loss is
        MachineStatus.ConnectionRefused or MachineStatus.NoRoute or MachineStatus.ConnectTimeout or MachineStatus.ConnectFailed or MachineStatus.PollFailed or MachineStatus.DnsError;

    private void NoteReboot(PollResponse? before, PollResponse answer)
    {
        if (before is null || before.BootId.Length == 0 || answer.BootId.Length == 0 || before.BootId == answer.BootId)
        {
            return;
        }

        lock (_lock)
        {
            _lastReboot = _context.Clock.GetUtcNow();
        }

        var expected = before.Reboot is RebootState.Due or RebootState.Rebooting or RebootState.Held;
        Record(HistoryKind.Rebooted, r => r with { Image = answer.AppliedImage, Text = expected ? "for an update" : "no update asked for it" });
        LogRebooted(_context.Logger, Hostname, answer.BootId, expected ? "for an update" : "no update asked for it");
    }
}
