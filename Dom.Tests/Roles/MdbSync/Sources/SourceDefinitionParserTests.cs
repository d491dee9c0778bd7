using Dom.Roles.MdbSync.Sources;

namespace Dom.Tests.Roles.MdbSync.Sources;

/// <summary>Sources as they are configured.</summary>
public sealed class SourceDefinitionParserTests
{
    [Test]
    public void Options_stand_before_the_driver_and_arguments_behind_it()
    {
        var source = SourceDefinitionParser.Parse("""name=inventory interval=5min timeout=10s token-file=/t ca-file=/c json https://inventory.example.com/m.json?key=secret "SJC/rack 4" """);
        Assert.That((source.Name, source.IsNamed, source.Driver, source.Format), Is.EqualTo(("inventory", true, SourceDriver.Json, SourceDriver.Json)));
        Assert.That((source.Interval, source.Timeout, source.TokenFile, source.CaFile), Is.EqualTo((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), "/t", "/c")));
        Assert.That(source.Arguments, Is.EqualTo(new[] { "SJC/rack 4" }));
        Assert.That(source.Address?.Host, Is.EqualTo("inventory.example.com"));
    }

    [TestCase("json https://h/m.json?key=secret", "json:https://h/m.json")]
    [TestCase("hostlist /etc/hosts.list web/1 web/2", "hostlist:/etc/hosts.list")]
    [TestCase("command text /usr/bin/list --all", "command:/usr/bin/list")]
    public void Without_a_name_driver_and_place_are_the_name_and_secrets_are_not(string line, string name) => Assert.That(SourceDefinitionParser.Parse(line).Name, Is.EqualTo(name));

    [TestCase("", "driver is missing")]
    [TestCase("jsn /a", "did you mean 'json'")]
    [TestCase("aws us-east-1", "command that prints")]
    [TestCase("json", "json FILE|URL")]
    [TestCase("json a.json", "neither an absolute path nor an http(s) address")]
    [TestCase("json ftp://h/a", "not an http or https address")]
    [TestCase("json https://u:p@h/a", "holds a password")]
    [TestCase("directory relative", "not an absolute path")]
    [TestCase("text /a b", "'b' is one word too many")]
    [TestCase("hostlist /a b c d", "'d' is one word too many")]
    [TestCase("command /bin/ls", "there is no driver '/bin/ls'")]
    [TestCase("command directory /bin/ls", "command json|text|hostlist PROGRAM")]
    [TestCase("nam=x json /a", "did you mean 'name'")]
    [TestCase("name=x name=y json /a", "given twice")]
    [TestCase("name=a,b json /a", "letters, digits")]
    [TestCase("interval=often json /a", "interval=often is not a length of time")]
    [TestCase("timeout=0 json /a", "timeout=0 must be between")]
    [TestCase("token-file=/t json /a", "are for http(s) addresses")]
    [TestCase("token-file=/t json http://h/a", "over https only")]
    [TestCase("token-file=t json https://h/a", "token-file=t is not an absolute path")]
    [TestCase("json \"/a", "double quote is not closed")]
    public void What_is_wrong_is_said_with_what_to_write(string line, string message) =>
        Assert.That(() => SourceDefinitionParser.Parse(line), Throws.TypeOf<FormatException>().With.Message.Contains(message));
}
