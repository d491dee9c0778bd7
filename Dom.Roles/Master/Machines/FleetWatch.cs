using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;

namespace Dom.Roles.Master.Machines;

/// <summary>
/// Rule 27: streams the state of machines and then its changes. A watcher is a number: what changed after it is looked up when the watcher has taken
/// the message before, so a slow one gets the newest state and never a backlog, and none costs memory for each machine.
/// </summary>
internal sealed class FleetWatch(Fleet fleet, TimeProvider clock)
{
    /// <summary>Watchers at once; each costs a pass over the fleet for every message it takes.</summary>
    public const int MaxWatchers = 1_000;

    private const int InfosPerPage = 250;
    private const int NamesPerPage = 10_000;

    /// <summary>Changes are gathered for this long, so that a fleet in motion costs a watcher four passes a second.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>After this long without a change an empty message shows that the master is there.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private readonly Seats _seats = new(MaxWatchers, "callers that watch the fleet");

    /// <summary>How many watch now.</summary>
    public int Watchers => _seats.Taken;

    /// <summary>Streams until cancelled.</summary>
    /// <exception cref="RpcException">The query is wrong, or too many watch already, in all or of this user.</exception>
    public async IAsyncEnumerable<SubChanges> FollowAsync(
        WatchRequest request, RpcCaller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = MachineQuery.Of(request.Query ?? new SubQuery());
        using var seat = _seats.Take(caller);
        var changes = fleet.Changes;
        var isNew = request.Epoch != changes.Epoch || !changes.Reaches(request.Generation);
        var since = isNew ? 0 : request.Generation;
        while (true)
        {
            // Read before the machines: a change during the pass has a higher number and comes with the next one.
            var now = changes.Number;
            if (!isNew && !changes.Reaches(since))
            {
                (isNew, since) = (true, 0);
            }

            foreach (var page in Pages(query, request.Brief, since, now, isNew))
            {
                yield return page;
            }

            (isNew, since) = (false, now);
            await WaitAsync(changes, since, cancellationToken);
        }
    }

    /// <summary>All that is to be told between two numbers; the last page says that the receiver is up to date then.</summary>
    private IEnumerable<SubChanges> Pages(MachineQuery query, bool brief, ulong since, ulong now, bool reset)
    {
        var epoch = fleet.Changes.Epoch;
        var subs = new List<SubInfo>();

        // What is gone goes first: a machine that came back meanwhile is among the changed ones.
        var gone = reset ? [] : new List<string>(fleet.Changes.GoneSince(since));
        foreach (var machine in fleet.Machines)
        {
            if (machine.ChangedAt <= since)
            {
                continue;
            }

            if (query.Matches(machine))
            {
                subs.Add(Describe(machine, brief));
            }
            else if (!reset)
            {
                gone.Add(machine.Hostname);
            }

            if (subs.Count == InfosPerPage || gone.Count >= NamesPerPage)
            {
                // Until the last page the receiver has to go on from where it was.
                yield return new SubChanges { Epoch = epoch, Generation = since, Reset = reset, Subs = subs, Gone = gone };
                (reset, subs, gone) = (false, [], []);
            }
        }

        yield return new SubChanges { Epoch = epoch, Generation = now, Reset = reset, IsCurrent = true, Subs = subs, Gone = gone };
    }

    private static SubInfo Describe(ManagedMachine machine, bool brief)
    {
        var info = machine.Describe();
        return brief ? info with { State = null, Tags = new Dictionary<string, string>() } : info;
    }

    private async Task WaitAsync(FleetChanges changes, ulong since, CancellationToken cancellationToken)
    {
        await Task.Delay(Pace, clock, cancellationToken);
        try
        {
            await changes.NextAsync(since).WaitAsync(Quiet, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing has changed: the empty page that follows says so.
            return;
        }
    }
}
