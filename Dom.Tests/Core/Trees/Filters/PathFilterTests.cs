using System.Text;
using Dom.Core.Trees.Filters;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Filters;

public sealed class PathFilterTests
{
    private const string Typical = """
        # what belongs to the machine
        /etc/fstab$
        /etc/hostname$

        /home(|/.*)$
        /var/log/.*
        /etc/ssh/ssh_host_.*_key(\.pub)?$
        """;

    [TestCase("/etc/fstab", 2)]
    [TestCase("/etc/fstab.bak", null)]
    [TestCase("/home", 5)]
    [TestCase("/home/u/x", 5)]
    [TestCase("/homes", null)]
    [TestCase("/var/log", null)]
    [TestCase("/var/log/syslog", 6)]
    [TestCase("/etc/ssh/ssh_host_rsa_key.pub", 7)]
    [TestCase("/etc/ssh/sshd_config", null)]
    public void Line_that_matches_is_named(string path, int? line)
    {
        var filter = PathFilter.Parse(Typical);
        Assert.That(filter.MatchingLine(Encoding.UTF8.GetBytes(path)), Is.EqualTo(line));
        Assert.That(filter.Matches(Encoding.UTF8.GetBytes(path)), Is.EqualTo(line is not null));
    }

    [Test]
    public void Nothing_is_trimmed_but_the_end_of_the_line()
    {
        Assert.That(PathFilter.Parse("/a \r\n").Matches("/a "u8), Is.True);
        Assert.That(PathFilter.Parse("/a \n").Matches("/a"u8), Is.False);
        Assert.That(PathFilter.Parse(" #a\n").MatchingLine(" #a"u8), Is.EqualTo(1));
        Assert.That(PathFilter.Parse("/a$").Matches("/a"u8), Is.True);
    }

    [TestCase("var/.*", true)]
    [TestCase("home", true)]
    [TestCase("^tmp", true)]
    [TestCase(@"[{""Service"": ""x""}]", true)]
    [TestCase("(a|b)/etc", true)]
    [TestCase("x+/etc", true)]
    [TestCase("x{2}/", true)]
    [TestCase(@"\.*x", true)]
    [TestCase("/var/.*", false)]
    [TestCase(".*", false)]
    [TestCase("(a|)/etc", false)]
    [TestCase("x*/etc", false)]
    [TestCase("x?", false)]
    [TestCase("(var|/home)", false)]
    [TestCase("[^a]etc", false)]
    [TestCase("x{0}/etc", false)]
    [TestCase(@"\bhome", true)]
    [TestCase(@"\b", false)]
    public void Lines_that_can_match_no_path_are_told(string line, bool isUseless)
    {
        var useless = PathFilter.FromLines(["# first", line, "/etc"]).UselessLines;
        Assert.That(useless, isUseless ? Is.EqualTo(new[] { (2, line) }) : Is.Empty);
    }

    [Test]
    public void Empty_filter_matches_nothing()
    {
        foreach (var filter in new[] { PathFilter.Empty, PathFilter.Parse(""), PathFilter.Parse("# only this\n\n") })
        {
            Assert.That(filter.IsEmpty, Is.True);
            Assert.That(filter.Matches("/a"u8), Is.False);
            Assert.That(filter.MayMatchBelow("/"u8), Is.False);
        }
    }

    [Test]
    public void Exclamation_mark_inverts_the_whole_filter()
    {
        var filter = PathFilter.Parse("/etc(|/.*)$\n!\n");
        Assert.That(filter.Matches("/etc/passwd"u8), Is.False);
        Assert.That(filter.Matches("/usr"u8), Is.True);
        Assert.That(filter.MatchesAllBelow("/usr"u8), Is.True);
        Assert.That(filter.MayMatchBelow("/etc"u8), Is.False);
        Assert.That(PathFilter.Parse("!").Matches("/a"u8), Is.True);
        Assert.That(PathFilter.Parse("!").MatchesAllBelow("/"u8), Is.True);
    }

    [Test]
    public void Every_bad_line_is_named()
    {
        var error = Assert.Throws<PathFilterException>(() => PathFilter.Parse("/a\n/(b\n# c\n/\\pL\n"));
        Assert.That(error!.Faults, Is.EqualTo(["line 2: '/(b': missing closing ')'", "line 4: '/\\pL': Unicode classes such as '\\pL' are not supported; name the characters"]));
    }

    [Test]
    public void Bytes_that_are_no_text_are_refused_with_their_line() =>
        Assert.That(
            () => PathFilter.Parse([.. "/a\n/b"u8, 0xFF, (byte)'\n']),
            Throws.InstanceOf<PathFilterException>().With.Message.Contains("line 2"));

    [Test]
    public void Lines_survive_a_round_trip() =>
        Assert.That(PathFilter.FromLines(PathFilter.Parse(Typical).Lines).Lines, Is.EqualTo(Typical.Split('\n')));

    [TestCase("/home(|/.*)$", "/home", true, true)]
    [TestCase("/home(|/.*)$", "/home/u", true, true)]
    [TestCase("/home(|/.*)$", "/", true, false)]
    [TestCase("/home(|/.*)$", "/etc", false, false)]
    [TestCase("/home(|/.*)$", "/homes", false, false)]
    [TestCase("/var/log/.*", "/var/log", true, true)]
    [TestCase("/var/log/.*", "/var", true, false)]
    [TestCase("/var/log/.*", "/var/lo", false, false)]
    [TestCase("/etc/fstab$", "/etc", true, false)]
    [TestCase("/etc/fstab$", "/etc/fstab", false, false)]
    [TestCase("/etc/fstab", "/etc/fstab.d", true, true)]
    [TestCase("/a.*b", "/a", true, false)]
    [TestCase("/a.*b", "/axb", true, true)]
    [TestCase("/a.*b$", "/axb", true, false)]
    [TestCase("/.*cache.*", "/x", true, false)]
    [TestCase("/.*cache.*", "/x/cache", true, true)]
    [TestCase(@"/a/\b", "/a", true, false)]
    public void Directories_are_pruned_safely(string line, string directory, bool may, bool all)
    {
        var filter = PathFilter.Parse(line);
        Assert.That(filter.MayMatchBelow(Encoding.UTF8.GetBytes(directory)), Is.EqualTo(may));
        Assert.That(filter.MatchesAllBelow(Encoding.UTF8.GetBytes(directory)), Is.EqualTo(all));
    }

    [Test]
    public void Pruning_never_contradicts_matching()
    {
        string[] lines = ["/a", "/a$", "/a(|/.*)$", "/a/.*", "/.*/b", "/a/b$", "!", @"/a\b", "/(a|b)/.$", "/a.*b$", "/.*a.*", "/é/", "(?m)/a/$", "/[^a]", "/a?/"];
        string[] names = ["a", "b", "é", "ab", "\n", "a\nb"];
        for (var seed = 0; seed < Counts.Of(3_000, 100_000); seed++)
        {
            var random = new Random(seed);
            var text = string.Join('\n', Enumerable.Range(0, 1 + random.Next(2)).Select(_ => lines[random.Next(lines.Length)]));
            var filter = PathFilter.Parse(text);
            var directory = string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => "/" + names[random.Next(names.Length)]));
            var path = Encoding.UTF8.GetBytes(directory + "/" + names[random.Next(names.Length)]);
            var above = Encoding.UTF8.GetBytes(directory.Length == 0 ? "/" : directory);
            var matches = filter.Matches(path);
            Assert.That(matches || !filter.MatchesAllBelow(above), Is.True, $"seed {seed}: all below {directory} for {text}");
            Assert.That(!matches || filter.MayMatchBelow(above), Is.True, $"seed {seed}: none below {directory} for {text}");
        }
    }

    [Test]
    public void Matching_allocates_nothing()
    {
        var filter = PathFilter.Parse(Typical);
        var path = Encoding.UTF8.GetBytes("/etc/ssh/ssh_host_rsa_key.publé");
        for (var i = 0; i < 100; i++)
        {
            filter.Matches(path);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            filter.Matches(path);
            filter.MayMatchBelow(path);
            filter.MatchesAllBelow(path);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000));
    }
}
