using System.Text.RegularExpressions;
using Dom.Tests.Support;

namespace Dom.Tests.Architecture;

/// <summary>run.sh shares the tests among several processes: each test must be in one of them, and in one only.</summary>
public sealed partial class ShardTests
{
    [Test]
    public void Each_test_runs_in_exactly_one_process()
    {
        var parts = Pattern().Matches(File.ReadAllText(Repository.Combine("Dom.Tests", "run.sh"))).Select(static m => m.Groups[1].Value).ToList();
        Assert.That(parts, Is.Not.Empty);
        foreach (var type in typeof(ShardTests).Assembly.GetTypes().Where(static t => t.IsClass && !t.IsAbstract && t.GetMethods().Any(static m => m.IsDefined(typeof(TestAttribute), true) || m.IsDefined(typeof(TestCaseAttribute), true) || m.IsDefined(typeof(TestCaseSourceAttribute), true))))
        {
            Assert.That(parts.Count(part => type.FullName!.Contains(part, StringComparison.Ordinal)), Is.EqualTo(1), type.FullName);
        }
    }

    [GeneratedRegex(@"FullyQualifiedName~(Dom\.Tests\.[\w.]+)")]
    private static partial Regex Pattern();
}
