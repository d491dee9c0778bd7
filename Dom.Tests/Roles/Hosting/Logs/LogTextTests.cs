using System.Text;
using Dom.Roles.Hosting.Logs;

namespace Dom.Tests.Roles.Hosting.Logs;

public sealed class LogTextTests
{
    [TestCase("plain", 10, ExpectedResult = "plain")]
    [TestCase("a\u001b[2Jb\nc\u202ed", 100, ExpectedResult = @"a\x1b[2Jb\x0ac\u202ed")]
    [TestCase("0123456789abc", 10, ExpectedResult = "0123456789… (13 characters)")]
    [TestCase("\n\n\n\n", 10, ExpectedResult = @"\x0a\x0a\x… (4 characters)")]
    public string A_text_becomes_one_line_that_is_safe_and_bounded(string text, int limit) => LogText.Of(text, null, static (s, _) => s, limit);

    [Test]
    public void A_cut_through_a_pair_can_still_be_written()
    {
        var text = LogText.Of("abc\U0001F600\U0001F600", null, static (s, _) => s, 4);
        Assert.That(LogText.Of("half " + '\ud83d', null, static (s, _) => s), Is.EqualTo("half \ufffd"));
        Assert.That(Encoding.UTF8.GetString(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text)), Is.EqualTo(text));
    }

    [Test]
    public void A_fault_stands_behind_the_message()
    {
        var text = LogText.Of("failed", new InvalidOperationException("why\nnot"), static (s, _) => s);
        Assert.That(text, Does.StartWith("failed System.InvalidOperationException: why").And.Not.Contain("\n"));
    }
}
