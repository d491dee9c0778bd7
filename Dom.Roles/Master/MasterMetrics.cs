using System.Diagnostics.Metrics;
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

    /// <summary>Counts a turn that ended.</summary>
    public void CountTurn(TurnEnd end) => _turns.Add(1, new KeyValuePair<string, object?>("outcome", end switch
    {
        TurnEnd.Done => "done",
        TurnEnd.Failed => "failed",
        _ => "returned",
    }));
}
