using System.Diagnostics.Metrics;
using Dom.Core.Telemetry;

namespace Dom.Roles.LockManager;

/// <summary>What happened in numbers. Labels are groups and kinds, never ids.</summary>
internal sealed class LockCounters
{
    private readonly Counter<long> _grants;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _forced;
    private readonly Counter<long> _storeErrors;
    private readonly Histogram<double> _holds;
    private readonly Counter<long> _fronts;

    /// <summary>Makes the counters.</summary>
    public LockCounters(MetricsRegistry registry)
    {
        var meter = registry.Meter;
        _grants = meter.CreateCounter<long>("dom_lock_grants_total", description: "Slots granted.");
        _refusals = meter.CreateCounter<long>("dom_lock_refusals_total", description: "Askers that got no slot, by kind.");
        _forced = meter.CreateCounter<long>("dom_lock_forced_unlocks_total", description: "Slots that were taken from their holder.");
        _storeErrors = meter.CreateCounter<long>("dom_lock_store_errors_total", description: "Reads and writes of the store that failed.");
        _fronts = meter.CreateCounter<long>("dom_lock_fleetlock_requests_total", description: "Requests on the listener without client certificates, by HTTP status.");
        _holds = registry.CreateSeconds("dom_lock_hold_duration_seconds", "How long slots were held.");
    }

    /// <summary>Counts a grant.</summary>
    public void CountGrant(string group) => _grants.Add(1, new KeyValuePair<string, object?>("group", group));

    /// <summary>Counts a refusal.</summary>
    public void CountRefusal(string group, string kind) => _refusals.Add(1, new("group", group), new("kind", kind));

    /// <summary>Counts a slot that was taken away.</summary>
    public void CountForced(string group) => _forced.Add(1, new KeyValuePair<string, object?>("group", group));

    /// <summary>Counts a request on the listener without client certificates.</summary>
    public void CountFront(int status) => _fronts.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Counts a fault of the store.</summary>
    public void CountStoreError() => _storeErrors.Add(1);

    /// <summary>A slot was given back.</summary>
    public void CountHold(string group, TimeSpan held) => _holds.Record(held.TotalSeconds, new KeyValuePair<string, object?>("group", group));
}
