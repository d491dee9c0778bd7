using System.Text;
using System.Text.Json;
using Dom.Core.Linux;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Linux;

public sealed class UnixPathTests
{
    [TestCase("/etc/passwd", "/etc/passwd")]
    [TestCase("/srv/büro/𝄞", "/srv/büro/𝄞")]
    [TestCase(@"/a\b", @"/a\\b")]
    [TestCase("/a\nb", @"/a\x0ab")]
    [TestCase("/a\u001b[31m", @"/a\x1b[31m")]
    [TestCase("/a\u202eb", @"/a\xe2\x80\xaeb")]
    [TestCase("", "")]
    public void Text_is_shown_with_backslashes_and_control_characters_escaped(string path, string shown)
    {
        Assert.That(UnixPath.Of(path).ToString(), Is.EqualTo(shown));
        Assert.That(UnixPath.Parse(shown), Is.EqualTo(UnixPath.Of(path)));
    }

    [Test]
    public void Bytes_that_are_no_text_are_escaped_one_by_one() =>
        Assert.That(new UnixPath(new byte[] { (byte)'/', 0xff, (byte)'a', 0xe2, 0x82 }).ToString(), Is.EqualTo(@"/\xffa\xe2\x82"));

    [Test]
    public void Any_bytes_come_back_from_text_and_from_json()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] alphabet = [(byte)'/', (byte)'\\', (byte)'x', (byte)'0', (byte)'a', 0x01, 0x7f, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0xff];
        for (var i = 0; i < Counts.Of(2_000, 200_000); i++)
        {
            var path = new UnixPath(Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray());

            Assert.That(UnixPath.Parse(path.ToString()), Is.EqualTo(path));
            Assert.That(JsonSerializer.Deserialize<UnixPath>(JsonSerializer.Serialize(path)), Is.EqualTo(path));
        }
    }

    [TestCase(@"\")]
    [TestCase(@"\x")]
    [TestCase(@"\x4")]
    [TestCase(@"\xg0")]
    [TestCase(@"\n")]
    [TestCase(@"\x00")]
    public void Text_with_a_broken_escape_is_no_path(string text)
    {
        Assert.That(() => UnixPath.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains(text));
        Assert.That(() => JsonSerializer.Deserialize<UnixPath>(JsonSerializer.Serialize(text)), Throws.TypeOf<JsonException>());
    }

    [Test]
    public void A_nul_byte_is_refused()
    {
        Assert.That(() => UnixPath.Of("a\0b"), Throws.TypeOf<ArgumentException>());
        Assert.That(UnixPath.TryCreate(new byte[1], out _), Is.False);
    }

    [TestCase("/", "", "")]
    [TestCase("", "", "")]
    [TestCase("/etc", "/", "etc")]
    [TestCase("/etc/", "/", "etc")]
    [TestCase("/etc/ssh/config", "/etc/ssh", "config")]
    [TestCase("etc/ssh", "etc", "ssh")]
    [TestCase("etc", "", "etc")]
    [TestCase("//a//b//", "//a", "b")]
    public void Paths_have_a_parent_and_a_name(string path, string parent, string name)
    {
        Assert.That(UnixPath.Of(path).Parent.ToString(), Is.EqualTo(parent));
        Assert.That(Encoding.UTF8.GetString(UnixPath.Of(path).Name), Is.EqualTo(name));
    }

    [TestCase("/", "etc", "/etc")]
    [TestCase("/etc", "ssh", "/etc/ssh")]
    [TestCase("/etc/", "ssh", "/etc/ssh")]
    [TestCase("", "ssh", "ssh")]
    public void A_name_is_joined_with_one_slash(string path, string name, string joined) =>
        Assert.That(UnixPath.Of(path).Join(name), Is.EqualTo(UnixPath.Of(joined)));

    [TestCase("/", "/etc", true)]
    [TestCase("/etc", "/etc", true)]
    [TestCase("/etc", "/etc/ssh", true)]
    [TestCase("/etc/", "/etc/ssh", true)]
    [TestCase("/etc", "/etcetera", false)]
    [TestCase("/etc/ssh", "/etc", false)]
    [TestCase("/", "etc", false)]
    public void A_path_contains_itself_and_what_is_below(string path, string other, bool expected) =>
        Assert.That(UnixPath.Of(path).Contains(UnixPath.Of(other)), Is.EqualTo(expected));

    [Test]
    public void Order_is_that_of_the_bytes()
    {
        UnixPath[] paths = [UnixPath.Of("/b"), UnixPath.Of("/é"), UnixPath.Of("/a/b"), UnixPath.Of("/a-"), UnixPath.Of("/a")];

        Assert.That(paths.Order().Select(path => path.ToString()), Is.EqualTo((string[])["/a", "/a-", "/a/b", "/b", "/é"]));
        Assert.That(UnixPath.Of("/a") < UnixPath.Of("/b"), Is.True);
        Assert.That(UnixPath.Of("/a").GetHashCode(), Is.EqualTo(UnixPath.Root.Join("a").GetHashCode()));
        Assert.That(default(UnixPath), Is.EqualTo(UnixPath.Of("")));
    }
}
