using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dom.Core.Telemetry;

/// <summary>
/// The metrics of one role. Instruments are made on <see cref="Meter"/> under their Prometheus names; several roles in one process each have
/// their own registry and do not mix.
/// </summary>
public sealed class MetricsRegistry : IDisposable
{
    private readonly Lock _scrape = new();
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <summary>Creates the registry of a role, with <c>dom_build_info</c>.</summary>
    public MetricsRegistry(string role, string version)
    {
        Role = role;
        Meter = new Meter($"dom.{role}");
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // By reference: the meters of two hosts of one role have the same name.
                if (ReferenceEquals(instrument.Meter, Meter))
                {
                    listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new MetricFamily(instrument)));
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => (state as MetricFamily)?.Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => (state as MetricFamily)?.Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => (state as MetricFamily)?.Record(value, tags));
        _listener.Start();
        Meter.CreateObservableGauge(
            "dom_build_info",
            () => new Measurement<int>(1, new("role", role), new("version", version)),
            description: "Always 1; which program this is.");
    }

    /// <summary>The role.</summary>
    public string Role { get; }

    /// <summary>Where instruments are made.</summary>
    public Meter Meter { get; }

    /// <summary>A histogram of seconds with the given upper bounds, or bounds from 1 ms to 2 minutes.</summary>
    public Histogram<double> CreateSeconds(string name, string description, IReadOnlyList<double>? bounds = null) => Meter.CreateHistogram(
        name,
        unit: "s",
        description,
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds ?? MetricFamily.SecondsBounds });

    /// <summary>Appends all metrics in Prometheus' text form, sorted by name.</summary>
    public void WritePrometheus(IBufferWriter<byte> output)
    {
        // One at a time: a second scrape would clear what the first observed.
        lock (_scrape)
        {
            foreach (var family in _families.Values)
            {
                family.BeginObservation();
            }

            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.Write(output);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        Meter.Dispose();
    }
}
