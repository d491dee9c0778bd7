using System.Diagnostics.Metrics;
using Dom.Core.Rpc;
using Dom.Core.Telemetry;

namespace Dom.Roles.Hosting;

/// <summary>The metrics every role has.</summary>
internal sealed class RoleHostMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _dropped;

    public RoleHostMetrics(MetricsRegistry registry, RpcCredentials credentials, ConnectionGate gate)
    {
        var meter = registry.Meter;
        _requests = meter.CreateCounter<long>("dom_rpc_requests_total", description: "Calls by method and outcome.");
        _durations = registry.CreateSeconds("dom_rpc_request_duration_seconds", "Time of calls by method; of streams, to their end.");
        _rejected = meter.CreateCounter<long>("dom_tls_rejected_total", description: "Client certificates refused, by reason.");
        _dropped = meter.CreateCounter<long>("dom_connections_dropped_total", description: "Connections dropped before authentication, by reason.");
        meter.CreateObservableGauge(
            "dom_unauthenticated_connections", () => gate.Count, description: "Connections that have shown no good certificate.");
        meter.CreateObservableGauge(
            "dom_certificate_expiry_timestamp_seconds", () => Expiries(credentials), description: "When certificates expire, as Unix time.");
    }

    public void CountCall(string method, RpcException? error, TimeSpan duration)
    {
        _requests.Add(1, new("method", method), new KeyValuePair<string, object?>("status", error?.Status.ToString() ?? "Ok"));
        _durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("method", method));
    }

    public void CountRejected(string reason) => _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void CountDropped(string reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private static List<Measurement<long>> Expiries(RpcCredentials credentials)
    {
        var current = credentials.Current;
        var expiries = new List<Measurement<long>> { Expiry("own", current.Facts.Name, current.Facts.NotAfter) };
        expiries.AddRange(current.Trust.Authorities.Select(ca => Expiry("ca", ca.Subject, ca.NotAfter.ToUniversalTime())));
        expiries.AddRange(current.Trust.IdentityAuthorities.Select(ca => Expiry("identity_ca", ca.Subject, ca.NotAfter.ToUniversalTime())));
        if (current.Trust.RevocationsOutdated is { } outdated)
        {
            expiries.Add(Expiry("revocation_list", "next update", outdated));
        }

        return expiries;
    }

    private static Measurement<long> Expiry(string kind, string subject, DateTimeOffset at) =>
        new(at.ToUnixTimeSeconds(), new("kind", kind), new("subject", subject));
}
