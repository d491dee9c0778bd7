using System.Buffers;
using System.Text;
using Dom.Core.Telemetry;

namespace Dom.Tests.Core.Telemetry;

public sealed class MetricsRegistryTests
{
    [Test]
    public void Counters_gauges_and_histograms_are_written_in_prometheus_form()
    {
        using var registry = new MetricsRegistry("test", "1.2.3");
        var counter = registry.Meter.CreateCounter<long>("dom_things_total", description: "Things.\nMany.");
        counter.Add(2, new("b", "two"), new KeyValuePair<string, object?>("a", "say \"hi\"\\\n"));
        counter.Add(3, new("a", "say \"hi\"\\\n"), new KeyValuePair<string, object?>("b", "two"));
        registry.Meter.CreateGauge<double>("dom_level").Record(1.5);
        registry.Meter.CreateObservableGauge("dom_seen", () => 7L);
        var seconds = registry.CreateSeconds("dom_wait_seconds", "Wait.", [0.1, 1]);
        seconds.Record(0.05);
        seconds.Record(0.1);
        seconds.Record(30);
        Assert.That(Write(registry), Is.EqualTo("""
            # HELP dom_build_info Always 1; which program this is.
            # TYPE dom_build_info gauge
            dom_build_info{role="test",version="1.2.3"} 1
            # HELP dom_level 
            # TYPE dom_level gauge
            dom_level 1.5
            # HELP dom_seen 
            # TYPE dom_seen gauge
            dom_seen 7
            # HELP dom_things_total Things.\nMany.
            # TYPE dom_things_total counter
            dom_things_total{a="say \"hi\"\\\n",b="two"} 5
            # HELP dom_wait_seconds Wait.
            # TYPE dom_wait_seconds histogram
            dom_wait_seconds_bucket{le="0.1"} 2
            dom_wait_seconds_bucket{le="1"} 2
            dom_wait_seconds_bucket{le="+Inf"} 3
            dom_wait_seconds_sum 30.15
            dom_wait_seconds_count 3

            """));
    }

    [Test]
    public void Two_roles_of_one_process_do_not_mix()
    {
        using var first = new MetricsRegistry("sub", "1");
        using var second = new MetricsRegistry("sub", "1");
        first.Meter.CreateCounter<long>("dom_things_total").Add(1);
        second.Meter.CreateCounter<long>("dom_things_total").Add(10);
        Assert.That(Write(first), Does.Contain("dom_things_total 1\n"));
        Assert.That(Write(second), Does.Contain("dom_things_total 10\n"));
    }

    [Test]
    public void Observed_series_that_are_gone_vanish()
    {
        using var registry = new MetricsRegistry("test", "1");
        var hosts = new List<string> { "a", "b" };
        registry.Meter.CreateObservableGauge(
            "dom_hosts", () => hosts.Select(host => new System.Diagnostics.Metrics.Measurement<int>(1, new KeyValuePair<string, object?>("host", host))));
        Assert.That(Write(registry), Does.Contain("dom_hosts{host=\"b\"} 1"));
        hosts.Remove("b");
        Assert.That(Write(registry), Does.Contain("dom_hosts{host=\"a\"} 1").And.Not.Contain("host=\"b\""));
    }

    [Test]
    public void A_label_that_grows_without_bound_ends_in_one_series()
    {
        using var registry = new MetricsRegistry("test", "1");
        var counter = registry.Meter.CreateCounter<long>("dom_things_total");
        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        var lines = Write(registry).Split('\n').Where(line => line.StartsWith("dom_things_total{", StringComparison.Ordinal)).ToList();
        Assert.That(lines, Has.Count.LessThanOrEqualTo(2_001));
        Assert.That(lines, Has.Some.StartsWith("dom_things_total{overflow=\"true\"} 8"));
    }

    private static string Write(MetricsRegistry registry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        registry.WritePrometheus(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
