using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Dom.Core.Telemetry;

/// <summary>One instrument's series: a value or a histogram for each set of labels.</summary>
internal sealed class MetricFamily
{
    /// <summary>Upper bounds of histograms that name none, in seconds.</summary>
    public static readonly double[] SecondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private const int MaxSeries = 2_000;
    private const string Overflow = "overflow=\"true\"";

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string _description;
    private readonly string _type;
    private readonly bool _isObservable;
    private readonly bool _adds;
    private readonly double[]? _bounds;

    public MetricFamily(Instrument instrument)
    {
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        Name = instrument.Name;
        _description = instrument.Description ?? string.Empty;
        _isObservable = instrument.IsObservable;
        _type = TypeOf(instrument);
        _adds = !_isObservable && instrument is not (Gauge<long> or Gauge<int> or Gauge<double>);
        _bounds = _type == "histogram" ? BoundsOf(instrument) : null;
    }

    /// <summary>The name in the exposition.</summary>
    public string Name { get; }

    /// <summary>Adds a measurement. Past the limit of label sets all others share one, so that a label that grows cannot eat memory.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new LabelText(stackalloc char[256]);
        labels.Append(tags);
        if (!_lookup.TryGetValue(labels.Text, out var series))
        {
            var key = _series.Count < MaxSeries ? labels.Text.ToString() : Overflow;
            series = _series.GetOrAdd(key, static (_, bounds) => new MetricSeries(bounds), _bounds);
        }

        series.Record(value, _adds);
        labels.Dispose();
    }

    /// <summary>Observable instruments report all their series each time; those no longer reported vanish.</summary>
    public void BeginObservation()
    {
        if (_isObservable)
        {
            _series.Clear();
        }
    }

    public void Write(IBufferWriter<byte> output)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        var text = new StringBuilder();
        text.Append("# HELP ").Append(Name).Append(' ').Append(_description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (_bounds is null)
            {
                AppendSample(text, string.Empty, labels, series.Read());
            }
            else
            {
                AppendHistogram(text, labels, series, _bounds);
            }
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
    }

    private void AppendHistogram(StringBuilder text, string labels, MetricSeries series, double[] bounds)
    {
        var (counts, sum) = series.ReadHistogram();
        var separator = labels.Length > 0 ? "," : string.Empty;
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < bounds.Length ? Show(bounds[i]) : "+Inf";
            AppendSample(text, "_bucket", $"{labels}{separator}le=\"{bound}\"", total);
        }

        AppendSample(text, "_sum", labels, sum);
        AppendSample(text, "_count", labels, total);
    }

    private void AppendSample(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Show(value)).Append('\n');
    }

    private static string Show(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string TypeOf(Instrument instrument) => instrument switch
    {
        Histogram<double> or Histogram<long> or Histogram<int> => "histogram",
        Counter<double> or Counter<long> or Counter<int> => "counter",
        ObservableCounter<double> or ObservableCounter<long> or ObservableCounter<int> => "counter",
        _ => "gauge",
    };

    private static double[] BoundsOf(Instrument instrument)
    {
        IEnumerable<double>? bounds = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            _ => null,
        };
        return bounds is null ? SecondsBounds : [.. bounds];
    }
}
