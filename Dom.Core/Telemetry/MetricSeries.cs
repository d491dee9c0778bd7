namespace Dom.Core.Telemetry;

/// <summary>The value of one metric under one set of labels.</summary>
internal sealed class MetricSeries(double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = bounds is null ? [] : new long[bounds.Length + 1];
    private double _value;

    public void Record(double value, bool add)
    {
        lock (_lock)
        {
            if (bounds is null)
            {
                _value = add ? _value + value : value;
                return;
            }

            var bucket = 0;
            while (bucket < bounds.Length && value > bounds[bucket])
            {
                bucket++;
            }

            _counts[bucket]++;
            _value += value;
        }
    }

    public double Read()
    {
        lock (_lock)
        {
            return _value;
        }
    }

    public (long[] Counts, double Sum) ReadHistogram()
    {
        lock (_lock)
        {
            return ([.. _counts], _value);
        }
    }
}
