using System.Diagnostics.Metrics;
using Dom.Core.Telemetry;
using Dom.Roles.LockManager.Groups;

namespace Dom.Roles.LockManager;

/// <summary>Metrics that are read from the groups when somebody asks.</summary>
internal static class LockManagerMetrics
{
    /// <summary>Makes the instruments.</summary>
    public static void Publish(MetricsRegistry registry, LockManagerService service, TimeProvider clock)
    {
        var meter = registry.Meter;
        meter.CreateObservableGauge("dom_lock_max", () => Each(service, static g => g.State.Max), description: "Slots of a group.");
        meter.CreateObservableGauge("dom_lock_holders", () => Each(service, static g => g.State.Holders.Length), description: "Holders of slots.");
        meter.CreateObservableGauge("dom_lock_waiting", () => Each(service, static g => g.Waiting), description: "Who asked for a slot and has none yet.");
        meter.CreateObservableGauge("dom_lock_overdue_holders", () => Each(service, static g => g.Describe().Holders.Count(h => h.Overdue)), description: "Holders that hold longer than expected.");
        meter.CreateObservableGauge("dom_lock_frozen", () => Each(service, static g => g.State.Freeze is null ? 0 : 1), description: "1 while a group is frozen.");
        meter.CreateObservableGauge("dom_lock_store_up", () => Each(service, static g => g.Describe().StoreError.Length == 0 ? 1 : 0), description: "1 while the store of a group answers.");
        meter.CreateObservableGauge(
            "dom_lock_oldest_hold_age_seconds",
            () => Each(service, g => g.State.Holders.Min(static h => h.Since) is { } since ? (long)(clock.GetUtcNow() - since).TotalSeconds : 0),
            description: "How long the oldest holder of a group holds its slot.");
        meter.CreateObservableGauge("dom_lock_watchers", () => service.Events.Watchers, description: "Readers that follow events.");
    }

    private static IEnumerable<Measurement<long>> Each(LockManagerService service, Func<LockGroup, long> value) =>
        service.Groups.Select(g => new Measurement<long>(value(g), new KeyValuePair<string, object?>("group", g.Name)));
}
