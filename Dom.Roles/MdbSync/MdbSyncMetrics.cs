using System.Diagnostics.Metrics;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Telemetry;

namespace Dom.Roles.MdbSync;

/// <summary>The metrics of mdb-sync; each is read from the state when somebody asks.</summary>
internal static class MdbSyncMetrics
{
    /// <summary>Makes the instruments.</summary>
    public static void Publish(MetricsRegistry registry, MdbSyncService service, MdbEndpoints endpoints, TimeProvider clock)
    {
        var meter = registry.Meter;
        meter.CreateObservableGauge("dom_mdb_machines", () => service.Publisher.Feed.Current?.List.Count ?? 0, description: "Machines in the list in force.");
        meter.CreateObservableGauge(
            "dom_mdb_list_timestamp_seconds", () => service.Publisher.Feed.Current?.At.ToUnixTimeSeconds() ?? 0, description: "When the list in force was published.");
        meter.CreateObservableGauge("dom_mdb_list_held", () => service.Publisher.Held.Length > 0 ? 1 : 0, description: "1 while the list in force is not what the sources say.");
        meter.CreateObservableGauge("dom_mdb_shrinks_refused", () => service.Refused().Count, description: "Lists that lost too many machines and wait to be accepted.");
        meter.CreateObservableGauge("dom_mdb_problems", () => service.Problems().Count, description: "Things that are wrong now.");
        meter.CreateObservableGauge("dom_mdb_pauses", () => service.Pauses.Table.InForce().Count, description: "Machines that are paused.");
        meter.CreateObservableGauge("dom_mdb_watchers", () => endpoints.Watchers, description: "Readers that follow the list.");
        meter.CreateObservableGauge("dom_mdb_source_up", () => Each(service, static s => s.Error.Length == 0 ? 1L : 0), description: "1 while a source is read without a fault.");
        meter.CreateObservableGauge("dom_mdb_source_machines", () => Each(service, static s => s.Machines), description: "Machines in the last good data of a source.");
        meter.CreateObservableGauge(
            "dom_mdb_source_age_seconds",
            () => Each(service, s => s.CheckedAt is { } at ? (long)(clock.GetUtcNow() - at).TotalSeconds : (long)(clock.GetUtcNow() - service.StartTime).TotalSeconds),
            description: "Time since a source was last read without a fault, or since the start.");
        meter.CreateObservableCounter("dom_mdb_source_reads_total", () => Each(service, static s => s.Reads), description: "Looks at a source.");
        meter.CreateObservableCounter("dom_mdb_source_failures_total", () => Each(service, static s => s.Failures), description: "Looks at a source that failed.");
    }

    private static IEnumerable<Measurement<long>> Each(MdbSyncService service, Func<MdbSourceStatus, long> value) =>
        service.Sources.Select(s => new Measurement<long>(value(s.Status), new KeyValuePair<string, object?>("source", s.Name)));
}
