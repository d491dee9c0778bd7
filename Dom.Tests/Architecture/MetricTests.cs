using System.Text.RegularExpressions;

namespace Dom.Tests.Architecture;

/// <summary>Metrics are named as Prometheus asks: prefix, base unit, <c>_total</c> on counters only.</summary>
public sealed partial class MetricTests
{
    private static IEnumerable<(SourceFile File, string Kind, string Name)> Instruments =>
        from file in SourceFile.All
        where file.IsIn("Dom.Core") || file.IsIn("Dom.Roles")
        from Match match in Creation().Matches(string.Join('\n', file.Lines))
        select (file, match.Groups["kind"].Value, match.Groups["name"].Value);

    [Test]
    public void Instruments_are_found() => Assert.That(Instruments.Count(), Is.GreaterThan(5));

    [Test]
    public void Names_have_the_prefix_and_lower_case_words() =>
        Assert.That(Instruments.Where(i => !Valid().IsMatch(i.Name)).Select(i => $"{i.File}: {i.Name}"), Is.Empty);

    [Test]
    public void Counters_and_only_counters_end_with_total() =>
        Assert.That(
            Instruments.Where(i => (i.Kind is "Counter" or "ObservableCounter")
                != i.Name.EndsWith("_total", StringComparison.Ordinal)).Select(i => $"{i.File}: {i.Name}"),
            Is.Empty);

    [Test]
    public void Units_are_base_units() =>
        Assert.That(Instruments.Where(i => OtherUnit().IsMatch(i.Name)).Select(i => $"{i.File}: {i.Name}"), Is.Empty);

    [GeneratedRegex(@"\bCreate(?<kind>\w+?)(?:<[^>]+>)?\(\s*""(?<name>[^""]+)""")]
    private static partial Regex Creation();

    [GeneratedRegex("^dom_[a-z0-9]+(_[a-z0-9]+)*$")]
    private static partial Regex Valid();

    [GeneratedRegex("_(ms|millis|milliseconds|minutes|hours|kib|mib|kb|mb|percent)(_|$)")]
    private static partial Regex OtherUnit();
}
