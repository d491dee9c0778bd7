using Dom.Core.Images;

namespace Dom.Tests.Core.Images;

public sealed class ImageNameTests
{
    [TestCase("debian")]
    [TestCase("debian/bookworm/2026-11-20")]
    [TestCase("web server/v1.2.3+build:7@x86_64")]
    [TestCase("größe/ñ/日本")]
    [TestCase("...")]
    [TestCase(".hidden/~x")]
    public void A_relative_path_is_a_name(string text) =>
        Assert.That(ImageName.Parse(text).ToString(), Is.EqualTo(text));

    [TestCase("", "empty")]
    [TestCase("/etc/passwd", "begins or ends with '/'")]
    [TestCase("a/", "begins or ends with '/'")]
    [TestCase("a//b", "empty part")]
    [TestCase("..", "'..'")]
    [TestCase("a/../../etc/cron.d/x", "'..'")]
    [TestCase("a/./b", "'.'")]
    [TestCase("a~", "'~'")]
    [TestCase("a~/b", "'~'")]
    [TestCase("a\0b", "cannot be printed")]
    [TestCase("a\nb", "cannot be printed")]
    [TestCase("a\u001b[31mb", "cannot be printed")]
    [TestCase("a\u202eb", "cannot be printed")]
    [TestCase("a\ud800b", "cannot be printed")]
    [TestCase(" a", "white space")]
    [TestCase("a /b", "white space")]
    public void What_could_leave_its_directory_or_fool_a_reader_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<FormatException>(() => ImageName.Parse(text));
        Assert.That(error?.Message, Does.Contain(reason));
        Assert.That(error?.Message.Any(char.IsControl), Is.False);
    }

    [Test]
    public void Names_parts_and_their_number_are_limited()
    {
        Assert.That(ImageName.TryParse(new string('a', ImageName.MaxPartBytes), out _, out _), Is.True);
        Assert.That(ImageName.TryParse(new string('a', ImageName.MaxPartBytes + 1), out _, out _), Is.False);
        Assert.That(ImageName.TryParse(string.Join('/', Enumerable.Repeat("a", ImageName.MaxParts)), out _, out _), Is.True);
        Assert.That(ImageName.TryParse(string.Join('/', Enumerable.Repeat("a", ImageName.MaxParts + 1)), out _, out _), Is.False);
        Assert.That(ImageName.TryParse(string.Join('/', Enumerable.Repeat(new string('ü', 90), 7)), out _, out var reason), Is.False);
        Assert.That(reason, Does.Contain("longer than 1024 bytes"));
    }

    [Test]
    public void Order_is_that_of_versions_and_keeps_directories_together()
    {
        string[] ordered = ["a", "a/1", "a/2", "a/09", "a/9", "a/10", "a/10/1", "a-b/1", "a1", "a2/x", "a10", "b"];
        var shuffled = ordered.Select(ImageName.Parse).ToArray();
        new Random(7).Shuffle(shuffled);
        Array.Sort(shuffled);
        Assert.That(shuffled.Select(n => n.ToString()), Is.EqualTo(ordered));
    }

    [Test]
    public void Order_is_total()
    {
        var random = new Random(20261120);
        var names = Enumerable.Range(0, 60).Select(_ => ImageName.Parse(RandomName(random))).ToArray();
        foreach (var a in names)
        {
            foreach (var b in names)
            {
                Assert.That(Math.Sign(a.CompareTo(b)), Is.EqualTo(-Math.Sign(b.CompareTo(a))), $"{a} {b}");
                Assert.That(a.CompareTo(b) == 0, Is.EqualTo(a.Equals(b)), $"{a} {b}");
                foreach (var c in names)
                {
                    Assert.That(a.CompareTo(b) <= 0 && b.CompareTo(c) <= 0 && a.CompareTo(c) > 0, Is.False, $"{a} {b} {c}");
                }
            }
        }
    }

    [TestCase("a/b/c", "a", true)]
    [TestCase("a/b/c", "a/b/", true)]
    [TestCase("a/b/c", "", true)]
    [TestCase("a/b/c", "a/b/c", false)]
    [TestCase("ab/c", "a", false)]
    public void A_name_is_below_its_directories_only(string name, string directory, bool expected) =>
        Assert.That(ImageName.Parse(name).IsBelow(directory), Is.EqualTo(expected));

    [Test]
    public void Directory_and_leaf_are_the_parts_around_the_last_slash()
    {
        Assert.That(ImageName.Parse("a/b/c").Directory, Is.EqualTo("a/b"));
        Assert.That(ImageName.Parse("a/b/c").Leaf, Is.EqualTo("c"));
        Assert.That(ImageName.Parse("a").Directory, Is.Empty);
        Assert.That(ImageName.Parse("a").Leaf, Is.EqualTo("a"));
    }

    private static string RandomName(Random random)
    {
        const string alphabet = "ab019-";
        var parts = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => new string(Enumerable.Range(0, random.Next(1, 4)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray()));
        return string.Join('/', parts);
    }
}
