using Dom.Core.Linux;
using Dom.Core.Trees.Filters;

namespace Dom.Tests.Core.Trees.Filters;

public sealed class FilterVerdictTests
{
    private static readonly PathFilter Filter = PathFilter.FromLines(["# comment", "/home$", "/var/log/.*", "/etc/fstab"]);

    [TestCase("/home", true, "/home", 2)]
    [TestCase("/home/lisa/notes", true, "/home", 2)]
    [TestCase("/var/log", false, "/var/log", null)]
    [TestCase("/var/log/a/b", true, "/var/log/a", 3)]
    [TestCase("/etc/fstab.bak", true, "/etc/fstab.bak", 4)]
    [TestCase("/etc/fstab/", true, "/etc/fstab", 4)]
    [TestCase("/etc/hosts", false, "/etc/hosts", null)]
    [TestCase("/", false, "/", null)]
    public void The_line_that_decides_is_named(string path, bool filtered, string at, int? line) => Assert.That(
        FilterVerdict.Of(Filter, UnixPath.Of(path)),
        Is.EqualTo(new FilterVerdict(UnixPath.Of(path), filtered, UnixPath.Of(at), line)));

    [Test]
    public void In_an_inverted_filter_a_match_means_managed()
    {
        var inverted = PathFilter.FromLines(["!", "/etc(|/.*)$"]);
        Assert.That(FilterVerdict.Of(inverted, UnixPath.Of("/etc/hosts")), Is.EqualTo(new FilterVerdict(UnixPath.Of("/etc/hosts"), false, UnixPath.Of("/etc/hosts"), 2)));
        Assert.That(FilterVerdict.Of(inverted, UnixPath.Of("/usr/bin/x")), Is.EqualTo(new FilterVerdict(UnixPath.Of("/usr/bin/x"), true, UnixPath.Of("/usr"), null)));
    }
}
