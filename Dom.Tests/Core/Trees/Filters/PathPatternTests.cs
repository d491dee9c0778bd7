using System.Text;
using Dom.Core.Trees.Filters;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Filters;

public sealed class PathPatternTests
{
    [Test]
    public void Expressions_mean_what_they_mean_in_RE2()
    {
        Assert.That(Re2Cases.All, Has.Length.GreaterThanOrEqualTo(200));
        Assert.Multiple(() =>
        {
            foreach (var (expression, path, matches) in Re2Cases.All)
            {
                var bytes = Encoding.UTF8.GetBytes(path);
                Assert.That(PathPattern.Parse(expression).Matches(bytes), Is.EqualTo(matches), $"{expression} on {path}");
                Assert.That(PathPattern.Parse(expression, recognize: false).Matches(bytes), Is.EqualTo(matches), $"{expression} on {path}, always as a regular expression");
            }
        });
    }

    [TestCase("/a**", "nested repetition")]
    [TestCase("/a+*", "nested repetition")]
    [TestCase("/a{2}{3}", "nested repetition")]
    [TestCase("/a*???", "nested repetition")]
    [TestCase("*", "missing argument")]
    [TestCase("/(*a)", "missing argument")]
    [TestCase("/a|*", "missing argument")]
    [TestCase("(?i)*", "missing argument")]
    [TestCase("{2}", "missing argument")]
    [TestCase("/a{1001}", "repeat count")]
    [TestCase("/a{2,1}", "repeat count")]
    [TestCase("/a{99999999999}", "repeat count")]
    [TestCase("/((a{100}){100}){2}", "1000")]
    [TestCase("/(a", "missing closing ')'")]
    [TestCase("/a)", "unexpected ')'")]
    [TestCase("/[a", "missing closing ']'")]
    [TestCase("/[", "missing closing ']'")]
    [TestCase("/[]", "missing closing ']'")]
    [TestCase("/[b-a]", "range")]
    [TestCase(@"/[a-\d]", "escape")]
    [TestCase(@"/[\b]", "escape")]
    [TestCase("/[[:foo:]]", "class")]
    [TestCase("/[[:perl space:]]", "class")]
    [TestCase(@"/a\", "backslash")]
    [TestCase(@"/[\", "backslash")]
    [TestCase(@"/\8", "escape")]
    [TestCase(@"/\1", "escape")]
    [TestCase(@"/\Z", "escape")]
    [TestCase(@"/\C", "escape")]
    [TestCase(@"/\E", "escape")]
    [TestCase(@"/\y", "escape")]
    [TestCase(@"/\é", "escape")]
    [TestCase(@"/\x4", "escape")]
    [TestCase(@"/\xg0", "escape")]
    [TestCase(@"/\x{110000}", "escape")]
    [TestCase(@"/\x{}", "escape")]
    [TestCase(@"/\pL", "Unicode classes")]
    [TestCase(@"/[\PN]", "Unicode classes")]
    [TestCase("/(?=a)", "unsupported group")]
    [TestCase("/(?!a)", "unsupported group")]
    [TestCase("/(?<=a)", "group name")]
    [TestCase("/(?>a)", "unsupported group")]
    [TestCase("/(?x)a", "unsupported group")]
    [TestCase("/(?i-)a", "unsupported group")]
    [TestCase("/(?", "closing")]
    [TestCase("/(?P<a>x)(?P<a>y)", "group name")]
    [TestCase("/(?P<>x)", "group name")]
    [TestCase("/(?P=a)", "unsupported group")]
    [TestCase("(?i)/é", "ASCII")]
    [TestCase("(?i)/[à-ü]", "ASCII")]
    public void What_is_not_RE2_or_cannot_be_translated_is_refused(string expression, string reason) =>
        Assert.That(() => PathPattern.Parse(expression), Throws.InstanceOf<FormatException>().With.Message.Contains(reason).And.Message.Contains(expression));

    [Test]
    public void Enormous_expressions_are_refused() =>
        Assert.That(() => PathPattern.Parse("/" + string.Concat(Enumerable.Repeat("(ab){1000}", 40))), Throws.InstanceOf<FormatException>().With.Message.Contains("too large"));

    [TestCase("/([a-z]{1,30}.?){1,30}[0-9]x0(a|aa)*$", false)]
    [TestCase("/([a-b]{0,40}[a-c]{0,40}[a-d]{0,40})*x$", false)]
    [TestCase("/(([a-z]{1,8}.?){1,8}([a-z]{1,8}.?){1,8})*x$", false)]
    [TestCase("/([^/]*b?){0,100}x$", false)]
    [TestCase("/a{1000}$", true)]
    [TestCase("/([a-z]{1,8}.?){1,8}[0-9]$", true)]
    [TestCase("/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", true)]
    [TestCase("/[a-z0-9-]{1,63}/([0-9]{1,3}[.]){3}[0-9]{1,3}$", true)]
    public void Counts_that_would_make_matching_slow_are_refused(string expression, bool accepted) =>
        Assert.That(() => PathPattern.Parse(expression), accepted ? Throws.Nothing : Throws.InstanceOf<FormatException>().With.Message.Contains("smaller counts"));

    [Test]
    public void Many_lines_with_counts_are_refused_and_the_line_is_named()
    {
        string[] lines = ["/etc", .. Enumerable.Range(0, 6).Select(i => $"/{i}/([a-z]{{1,8}}.?){{1,8}}[0-9]$")];
        Assert.That(() => PathFilter.FromLines(lines[..^1]), Throws.Nothing);
        Assert.That(() => PathFilter.FromLines([.. lines, lines[^1]]), Throws.TypeOf<PathFilterException>().With.Message.Contains("line 8").And.Message.Contains("together"));
    }

    [Test]
    public void Expressions_too_large_for_the_automaton_are_refused_and_not_a_crash() =>
        Assert.That(() => PathPattern.Parse("(.*a){999}b"), Throws.InstanceOf<FormatException>().With.Message.Contains("too large"));

    [Test]
    public void A_fault_does_not_repeat_an_enormous_expression() =>
        Assert.That(() => PathPattern.Parse("/(" + new string('a', 100_000)), Throws.InstanceOf<FormatException>().With.Message.Length.LessThan(500));

    [Test]
    public void Half_a_character_is_refused() =>
        Assert.That(() => PathPattern.Parse("/" + (char)0xD800), Throws.InstanceOf<FormatException>().With.Message.Contains("UTF-8"));

    [Test]
    public void Groups_nested_thousands_deep_are_refused_and_not_a_crash() =>
        Assert.That(() => PathPattern.Parse(new string('(', 100_000) + new string(')', 100_000)), Throws.InstanceOf<FormatException>());

    [Test]
    public void Byte_that_is_no_text_counts_as_one_character_like_in_Go()
    {
        byte[] path = [.. "/a"u8, 0xFF, 0xC3, .. "b"u8];
        Assert.That(PathPattern.Parse("/a..b$").Matches(path), Is.True);
        Assert.That(PathPattern.Parse("/a.b$").Matches(path), Is.False);
        Assert.That(PathPattern.Parse(@"/a[^b]+b$").Matches(path), Is.True);
        Assert.That(PathPattern.Parse(@"/a\x{FFFD}+b").Matches(path), Is.True);
        Assert.That(PathPattern.Parse("/a.*").Matches(path), Is.True);
        Assert.That(PathPattern.Parse("/aÿ").Matches(path), Is.False);
    }

    [Test]
    public void Anything_up_to_the_end_covers_names_with_a_line_feed()
    {
        Assert.That(PathPattern.Parse("/tmp(|/.*)$").Matches("/tmp/a\nb"u8), Is.True);
        Assert.That(PathPattern.Parse("/tmp/.*$").Matches("/tmp/a\nb"u8), Is.True);
        Assert.That(PathPattern.Parse("/tmp/.*").Matches("/tmp/a\nb"u8), Is.True);
    }

    [TestCase("/etc/fstab$", false)]
    [TestCase("/etc/fstab", false)]
    [TestCase("/tmp/.*", false)]
    [TestCase("/home(|/.*)$", false)]
    [TestCase("/.*cache.*", false)]
    [TestCase("/a[.]b|/c$", false)]
    [TestCase("/a[bc]", true)]
    [TestCase("/a.b", true)]
    public void Common_shapes_need_no_regular_expression(string expression, bool usesRegex) =>
        Assert.That(PathPattern.Parse(expression).UsesRegex, Is.EqualTo(usesRegex));

    [Test]
    public void Shapes_and_regular_expressions_agree()
    {
        string[] pieces = ["/", "a", "b", "é", "[.]", ".*", "(|/.*)$", "$", "/.*", "(/.*)?", "|", ".", "(a|/b)", "^", "(?s)", "a?"];
        string[] names = ["/", "a", "b", "é", ".", "//", "ab"];
        for (var seed = 0; seed < Counts.Of(400, 50_000); seed++)
        {
            var random = new Random(seed);
            var expression = "/" + string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (!TryParse(expression, out var fast, out var slow))
            {
                continue;
            }

            for (var i = 0; i < 20; i++)
            {
                var path = "/" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => names[random.Next(names.Length)]));
                var bytes = Encoding.UTF8.GetBytes(path);
                Assert.That(fast.Matches(bytes), Is.EqualTo(slow.Matches(bytes)), $"seed {seed}: {expression} on {path}");
            }
        }
    }

    [Test]
    public void Long_paths_match_too()
    {
        var path = Encoding.UTF8.GetBytes("/" + string.Concat(Enumerable.Repeat("directory é/", 400)) + "end");
        Assert.That(PathPattern.Parse("/(directory .*)+/end$").Matches(path), Is.True);
        Assert.That(PathPattern.Parse("/(directory .*)+/begin$").Matches(path), Is.False);
    }

    private static bool TryParse(string expression, out PathPattern fast, out PathPattern slow)
    {
        fast = slow = PathPattern.Parse("/");
        try
        {
            fast = PathPattern.Parse(expression);
        }
        catch (FormatException)
        {
            return false;
        }

        slow = PathPattern.Parse(expression, recognize: false);
        return true;
    }
}
