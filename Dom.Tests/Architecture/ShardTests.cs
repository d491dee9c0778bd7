using System.Reflection;
using System.Text.RegularExpressions;
using Dom.Tests.Support;

namespace Dom.Tests.Architecture;

/// <summary>run.sh shares the tests among several processes: each test must be in one of them, and in one only.</summary>
public sealed partial class ShardTests
{
    [Test]
    public void Each_test_runs_in_exactly_one_process()
    {
        var filters = Filter().Matches(File.ReadAllText(Repository.Combine("Dom.Tests", "run.sh"))).Select(static m => m.Groups[1].Value).ToList();
        Assert.That(filters, Has.Count.GreaterThan(1));
        foreach (var fixture in typeof(ShardTests).Assembly.GetTypes().Where(static t => t is { IsClass: true, IsAbstract: false } && t.GetMethods().Any(IsTest)))
        {
            Assert.That(filters.Count(filter => Chooses(filter, fixture.FullName!)), Is.EqualTo(1), fixture.FullName);
        }
    }

    private static bool IsTest(MethodInfo method) =>
        method.IsDefined(typeof(TestAttribute), true) || method.IsDefined(typeof(TestCaseAttribute), true) || method.IsDefined(typeof(TestCaseSourceAttribute), true);

    /// <summary>As vstest reads it: "and" binds tighter than "or".</summary>
    private static bool Chooses(string filter, string name) => filter.Split('|').Any(part => part.Split('&').All(term => Holds(term, name)));

    private static bool Holds(string term, string name)
    {
        var isNegated = term.Contains("!~", StringComparison.Ordinal);
        return name.Contains(term[(term.IndexOf('~', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal) != isNegated;
    }

    [GeneratedRegex("^ +'(FullyQualifiedName[^']*)'$", RegexOptions.Multiline)]
    private static partial Regex Filter();
}
