using System.Diagnostics.Metrics;
using Dom.Core.Contracts.Subd;
using Dom.Core.Telemetry;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master;

/// <summary>The master's metrics. Labels never carry names of machines.</summary>
internal sealed class MasterMetrics
{
    private readonly Counter<long> _polls;
    private readonly Counter<long> _pollFailures;
    private readonly Counter<long> _grants;
    private readonly Counter<long> _updates;
    private readonly Counter<long> _turns;
    private readonly Counter<long> _drift;
    private readonly Counter<long> _driftFailures;
    private readonly Counter<long> _hooks;
    private readonly Counter<long> _unrecorded;
    private readonly Histogram<double> _durations;

    /// <summary>Makes the counters.</summary>
    public MasterMetrics(MetricsRegistry registry)
    {
        var meter = registry.Meter;
        _polls = meter.CreateCounter<long>("dom_polls_total", description: "Polls of machines, answered or not.");
        _pollFailures = meter.CreateCounter<long>("dom_poll_failures_total", description: "Polls that failed, by status.");
        _grants = meter.CreateCounter<long>("dom_fetch_grants_total", description: "Grants to read from an image server, by image (required or planned).");
        _updates = meter.CreateCounter<long>("dom_updates_total", description: "Updates of machines that ended, by kind (update or correction) and outcome.");
        _turns = meter.CreateCounter<long>("dom_turns_total", description: "Turns of the brake that ended, by outcome.");
        _drift = meter.CreateCounter<long>("dom_drift_corrected_total", description: "Deviations that no update caused and that machines corrected, by kind.");
        _driftFailures = meter.CreateCounter<long>("dom_drift_fetch_failures_total", description: "Times the corrected deviations of a machine could not be fetched or kept.");
        _hooks = meter.CreateCounter<long>("dom_drift_hook_total", description: "Runs of the drift hook by outcome, and deviations it was not told of because it was too slow (dropped).");
        _unrecorded = meter.CreateCounter<long>("dom_history_dropped_total", description: "Records of the machines' history that could not be kept.");
        _durations = registry.CreateSeconds("dom_update_duration_seconds", "Time from a direction to the end of the update, by kind.");
    }

    /// <summary>Counts a poll.</summary>
    public void CountPoll() => _polls.Add(1);

    /// <summary>Counts a poll that failed.</summary>
    public void CountPollFailure(string status) => _pollFailures.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Counts a fetch grant.</summary>
    public void CountGrant(bool planned) => _grants.Add(1, new KeyValuePair<string, object?>("image", planned ? "planned" : "required"));

    /// <summary>Counts an update that ended.</summary>
    public void CountUpdate(bool isDrift, string outcome, TimeSpan took)
    {
        var kind = isDrift ? "correction" : "update";
        _updates.Add(1, new("kind", kind), new KeyValuePair<string, object?>("outcome", outcome));
        _durations.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    /// <summary>Counts a deviation that was corrected.</summary>
    public void CountDrift(DriftKind kind) => _drift.Add(1, new KeyValuePair<string, object?>("kind", kind switch
    {
        DriftKind.Changed => "changed",
        DriftKind.Missing => "missing",
        DriftKind.Extra => "extra",
        _ => "other",
    }));

    /// <summary>Counts deviations that could not be fetched or kept.</summary>
    public void CountDriftFailure() => _driftFailures.Add(1);

    /// <summary>Counts a run of the drift hook, or what it was not told.</summary>
    public void CountHook(string outcome) => _hooks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts records that could not be kept.</summary>
    public void CountUnrecorded(int records) => _unrecorded.Add(records);

    /// <summary>Counts a turn that ended.</summary>
    public void CountTurn(TurnEnd end) => _turns.Add(1, new KeyValuePair<string, object?>("outcome", end switch
    {
        TurnEnd.Done => "done",
        TurnEnd.Failed => "failed",
        _ => "returned",
    }));
}
