using System.Text;
using Dom.Core.Images;

namespace Dom.Tests.Core.Images;

public sealed class ComputedFileListTests
{
    [Test]
    public void Both_forms_give_the_same_list()
    {
        var lines = Parse("# what machines are called\n/etc/issue filegen.example.com:6972\n\n  /etc/hosts\t[::1]:6972  \r\n");
        var json = Parse("""[{"Filename": "/etc/issue", "Source": "filegen.example.com:6972"}, {"Filename": "/etc/hosts", "Source": "[::1]:6972"}]""", isJson: true);
        Assert.That(lines, Is.EqualTo(json));
        Assert.That(lines.Select(static e => (e.Path.ToString(), e.Source)), Is.EqualTo(new[] { ("/etc/issue", "filegen.example.com:6972"), ("/etc/hosts", "[::1]:6972") }));
    }

    [TestCase("/etc/issue", "line 1")]
    [TestCase("\n/etc/issue a b", "line 2")]
    [TestCase("etc/issue a:1", "absolute path")]
    [TestCase("/etc/../issue a:1", "absolute path")]
    [TestCase("/etc/ a:1", "absolute path")]
    [TestCase("/etc/issue a:b:c", "host:port")]
    [TestCase("/a a:1\n/a b:1", "line 2: '/a' is named twice")]
    public void A_bad_line_is_named(string text, string says) => Assert.That(() => Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains(says));

    [TestCase("{}", "JSON array")]
    [TestCase("[{", "JSON array")]
    [TestCase("""[{"Filename": "/a"}]""", "entry 1 has no Source")]
    [TestCase("""[{"Filename": "/a", "Source": 1}]""", "JSON array")]
    public void A_bad_entry_is_named(string text, string says) => Assert.That(() => Parse(text, isJson: true), Throws.TypeOf<FormatException>().With.Message.Contains(says));

    private static IReadOnlyList<ComputedPath> Parse(string text, bool isJson = false) => ComputedFileList.Parse(Encoding.UTF8.GetBytes(text), isJson);
}
