namespace Dom.Tests.Core.Locks;

/// <summary>What clients of one group saw: each call with the moments it was made and answered, by one clock. Knows nothing of how locks are kept.</summary>
/// <remarks>
/// A call without an answer may have taken effect at any time after it was made, or never. The checker is sound: what it reports cannot be explained by any order of
/// effects. A client is certain to hold from the answer that says so until it asks to unlock; more than max certain holders at one instant are a fault.
/// </remarks>
public sealed class LockHistory
{
    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private long _time;

    /// <summary>What a call asked for.</summary>
    public enum Kind
    {
        /// <summary>A slot.</summary>
        Lock,

        /// <summary>To give it back.</summary>
        Unlock,

        /// <summary>To take it from somebody.</summary>
        Evict,

        /// <summary>Another limit.</summary>
        SetMax,
    }

    /// <summary>A call is made.</summary>
    public Call Invoke(Kind kind, string id, int max = 0)
    {
        var call = new Call { Kind = kind, Id = id, Max = max };
        lock (_lock)
        {
            call.Invoked = ++_time;
            _calls.Add(call);
        }

        return call;
    }

    /// <summary>It is answered: true for held, gone or set.</summary>
    public void Return(Call call, bool yes, long grant = 0)
    {
        lock (_lock)
        {
            (call.Returned, call.Yes, call.Grant) = (++_time, yes, grant);
        }
    }

    /// <summary>Everything that is wrong.</summary>
    /// <param name="max">The limit at the start.</param>
    public IReadOnlyList<string> Check(int max)
    {
        lock (_lock)
        {
            return [.. CheckHolders(max), .. CheckGrants()];
        }
    }

    private IEnumerable<string> CheckHolders(int max)
    {
        // The highest limit that may have been in force since the earliest of those grants that are held; lowering it evicts nobody.
        var highest = Math.Max(max, _calls.Where(static c => c.Kind == Kind.SetMax).Select(static c => c.Max).DefaultIfEmpty(0).Max());
        var edges = new List<(long At, int Step, string Id)>();
        foreach (var byId in _calls.Where(static c => c.Kind != Kind.SetMax).GroupBy(static c => c.Id))
        {
            var calls = byId.OrderBy(static c => c.Invoked).ToList();
            foreach (var (from, to) in Certain(calls))
            {
                edges.Add((from, 1, byId.Key));
                edges.Add((to, -1, byId.Key));
            }
        }

        var holders = new HashSet<string>();
        foreach (var (at, step, id) in edges.OrderBy(static e => e.At).ThenBy(static e => e.Step))
        {
            if (step < 0)
            {
                holders.Remove(id);
            }
            else if (holders.Add(id) && holders.Count > highest)
            {
                yield return $"at {at}: {holders.Count} hold and at most {highest} may: {string.Join(", ", holders)}";
            }
        }
    }

    /// <summary>Spans in which one id is certain to hold: from a yes until the next call that may take it away is made.</summary>
    private static IEnumerable<(long From, long To)> Certain(List<Call> calls)
    {
        foreach (var granted in calls.Where(static c => c is { Kind: Kind.Lock, Yes: true, Returned: not null }))
        {
            // A call to unlock that was still open may take effect after the grant.
            var from = granted.Returned ?? 0;
            if (calls.Any(c => c.Kind is Kind.Unlock or Kind.Evict && c.Invoked < from && (c.Returned ?? long.MaxValue) > granted.Invoked))
            {
                continue;
            }

            var until = calls.Where(c => c.Kind is Kind.Unlock or Kind.Evict && c.Invoked > from).Select(static c => c.Invoked).DefaultIfEmpty(long.MaxValue).Min();
            yield return (from, until);
        }
    }

    private IEnumerable<string> CheckGrants()
    {
        var granted = _calls.Where(static c => c is { Kind: Kind.Lock, Yes: true, Grant: > 0, Returned: not null }).ToList();
        foreach (var twice in granted.GroupBy(static c => c.Grant).Where(static g => g.Select(static c => c.Id).Distinct().Count() > 1))
        {
            yield return $"grant {twice.Key} was given to {string.Join(" and ", twice.Select(static c => c.Id).Distinct())}";
        }

        // A grant that was answered before another was asked for has the lower number, unless it is one that was held already.
        var seen = new HashSet<long>();
        var highest = 0L;
        foreach (var (_, call) in granted.Select(static c => (c.Invoked, c)).Concat(granted.Select(static c => (c.Returned ?? 0, c))).OrderBy(static e => e.Item1))
        {
            if (seen.Add(call.Grant) && call.Grant < highest && granted.Where(c => c.Grant == highest).Min(static c => c.Returned) < call.Invoked)
            {
                yield return $"grant {call.Grant} of {call.Id} came after grant {highest}";
            }

            highest = Math.Max(highest, call.Grant);
        }
    }

    /// <summary>One call.</summary>
    public sealed class Call
    {
        /// <summary>What it asked for.</summary>
        public required Kind Kind { get; init; }

        /// <summary>For whom.</summary>
        public required string Id { get; init; }

        /// <summary>The limit it sets.</summary>
        public int Max { get; init; }

        /// <summary>When it was made.</summary>
        public long Invoked { get; set; }

        /// <summary>When it was answered; null when it never was, or with an error that says nothing.</summary>
        public long? Returned { get; set; }

        /// <summary>What was answered.</summary>
        public bool Yes { get; set; }

        /// <summary>Number of the grant.</summary>
        public long Grant { get; set; }
    }
}
