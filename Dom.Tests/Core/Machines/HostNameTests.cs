using Dom.Core.Machines;

namespace Dom.Tests.Core.Machines;

public sealed class HostNameTests
{
    [TestCase("web7.example.com")]
    [TestCase("127.0.0.1*4711")]
    [TestCase("a_b-c")]
    [TestCase("2001:db8::7")]
    [TestCase("host*blue.1")]
    public void Usual_names_are_taken(string name) => Assert.That(HostName.FindFault(name), Is.Null);

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a..b")]
    [TestCase(".a")]
    [TestCase("-a")]
    [TestCase("a/../b")]
    [TestCase("a*")]
    [TestCase("*a")]
    [TestCase("a*b*c")]
    [TestCase("a:b")]
    [TestCase("<script>")]
    [TestCase("name\u0007")]
    public void Names_that_could_do_harm_in_files_and_pages_are_refused(string name) => Assert.That(HostName.FindFault(name), Is.Not.Null);

    [Test]
    public void Names_that_are_too_long_are_refused()
    {
        Assert.That(HostName.FindFault(new string('a', 64)), Does.Contain("63"));
        Assert.That(HostName.FindFault(string.Concat(Enumerable.Repeat("a.", 200)) + "a"), Is.Not.Null);
    }

    [Test]
    public void The_instance_is_dropped_when_dialing_and_an_address_wins()
    {
        Assert.That(new Machine { Hostname = "127.0.0.1*9" }.Host, Is.EqualTo("127.0.0.1"));
        Assert.That(new Machine { Hostname = "web*9", IpAddress = "10.0.0.1" }.Host, Is.EqualTo("10.0.0.1"));
    }
}
