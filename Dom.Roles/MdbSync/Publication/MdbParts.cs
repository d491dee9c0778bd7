using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Publication;

/// <summary>Cuts lists and differences into messages of bounded size.</summary>
internal static class MdbParts
{
    private const int MaxNames = 5_000;

    /// <summary>A whole list.</summary>
    public static IEnumerable<MdbUpdate> Whole(PublishedList list)
    {
        var sent = 0;
        foreach (var page in MachinePages.Cut(list.List.Machines))
        {
            yield return new MdbUpdate
            {
                Generation = list.Generation,
                Full = sent == 0,
                Machines = page,
                Complete = sent + page.Length == list.List.Count,
            };
            sent += page.Length;
        }
    }

    /// <summary>What leads from one list to a later one; one empty message when that is nothing.</summary>
    public static IEnumerable<MdbUpdate> Between(PublishedList sent, PublishedList newest)
    {
        var changes = MachineListChanges.Between(sent.List, newest.List);
        for (var i = 0; i < changes.Removed.Length; i += MaxNames)
        {
            yield return new MdbUpdate { Generation = newest.Generation, Removed = changes.Removed.Slice(i, Math.Min(MaxNames, changes.Removed.Length - i)) };
        }

        var count = 0;
        foreach (var page in MachinePages.Cut(changes.Changed))
        {
            count += page.Length;
            yield return new MdbUpdate { Generation = newest.Generation, Machines = page, Complete = count == changes.Changed.Length };
        }
    }
}
