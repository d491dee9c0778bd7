using Dom.Core.Rpc.Certificates;

namespace Dom.Tests.Core.Rpc.Certificates;

public sealed class MethodPatternTests
{
    [TestCase("Subd.*", "Subd.Poll", true)]
    [TestCase("*.*", "Subd.Poll", true)]
    [TestCase("ImageServer.Get*", "ImageServer.GetImage", true)]
    [TestCase("ImageServer.Get*", "ImageServer.AddImage", false)]
    [TestCase("Image*.Get*", "ImageServer.GetImage", true)]
    [TestCase("*Server.*", "ObjectServer.GetObjects", true)]
    [TestCase("Subd.Pol?", "Subd.Poll", true)]
    [TestCase("Subd.Pol?", "Subd.Pol", false)]
    [TestCase("Subd.Poll", "Subd.Poll", true)]
    [TestCase("Subd.Poll", "subd.poll", false)]
    [TestCase("Subd.Poll", "Subd.Poll2", false)]
    [TestCase("S*.P*l", "Subd.Poll", true)]
    [TestCase("*bd.*", "Subd.Poll", true)]
    [TestCase("S.*", "Subd.Poll", false)]
    public void A_pattern_covers_what_a_shell_would_match(string pattern, string method, bool covers) =>
        Assert.That(MethodPattern.Matches(pattern, method), Is.EqualTo(covers));

    [TestCase("Subd.*", true)]
    [TestCase("*.*", true)]
    [TestCase("Subd", false)]
    [TestCase("*", false)]
    [TestCase("", false)]
    [TestCase(".", false)]
    [TestCase("Subd.", false)]
    [TestCase(".Poll", false)]
    [TestCase("Subd.Poll.Now", false)]
    [TestCase("Subd.Poll ", false)]
    [TestCase("Subd.[PQ]oll", false)]
    public void A_pattern_has_exactly_one_dot(string pattern, bool isGood) =>
        Assert.That(MethodPattern.Fault(pattern) is null, Is.EqualTo(isGood));

    [Test]
    [CancelAfter(5_000)]
    public void A_pattern_of_many_stars_takes_no_longer_than_its_length(CancellationToken cancellationToken)
    {
        var pattern = "S." + string.Concat(Enumerable.Repeat("a*", 120)) + "b";
        Assert.That(MethodPattern.Matches(pattern, "S." + new string('a', 5_000)), Is.False);
    }
}
