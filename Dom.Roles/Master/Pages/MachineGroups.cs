using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The lists of machines that the front page counts and <c>/subs?group=</c> shows.</summary>
internal static class MachineGroups
{
    /// <summary>All groups, in the order of the front page.</summary>
    public static IReadOnlyList<MachineGroup> All { get; } =
    [
        new("all", "machines", Tone.Quiet, static (_, _) => true),
        new("alive", "alive", Tone.Good, static (_, m) => m.Status.IsAlive()),
        new("compliant", "in sync", Tone.Good, static (_, m) => m.Status == MachineStatus.Synced),
        new("deviant", "differ", Tone.Warning, static (_, m) => m.Status.IsDeviant()),
        new("updating", "updating", Tone.Busy, static (_, m) => m.Status is MachineStatus.SendingUpdate or MachineStatus.Updating or MachineStatus.Rebooting),
        new("unreachable", "unreachable", Tone.Bad, static (_, m) => m.Status.IsUnreachable()),
        new("person", "need a person", Tone.Bad, static (_, m) => m.Status.NeedsPerson()),
        new("missing-image", "miss their image", Tone.Bad, static (_, m) => m.Status == MachineStatus.ImageNotReady),
        new("expiring-image", "have an image that expires", Tone.Warning, static (master, m) => master.Images.Find(m.Entry.RequiredImage)?.ExpiresOn is not null),
        new("outdated-image", "have an outdated image", Tone.Warning, static (_, m) => m.NewerImage.Length > 0),
        new("no-image", "require no image", Tone.Quiet, static (_, m) => m.Entry.RequiredImage.Length == 0),
        new("disabled", "disabled in the list", Tone.Warning, static (_, m) => m.Entry.DisableUpdates),
        new("paused", "paused", Tone.Warning, static (master, m) => master.Pauses.Find(m.Hostname) is not null),
        new("safety-stop", "stopped for safety", Tone.Bad, static (_, m) => !m.StoppedPlan.IsNone),
        new("halted", "wait for a halted image", Tone.Bad, static (_, m) => m.Status == MachineStatus.ImageHalted),
    ];

    /// <summary>The group of that word; that of all machines when it is empty.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public static MachineGroup Parse(string? word) => string.IsNullOrEmpty(word)
        ? All[0]
        : All.FirstOrDefault(g => g.Word == word) ?? throw new RpcException(
            RpcStatus.InvalidArgument, $"there is no group '{word}'; there are: {string.Join(", ", All.Select(static g => g.Word))}");

    /// <summary>The page that lists a group.</summary>
    public static string Address(string word) => word == All[0].Word ? "/subs" : PageAddress.WithQuery("/subs", "group", word);
}
