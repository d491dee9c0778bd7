using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Core.Trees.Triggers;

public sealed class ServiceNamesTests
{
    [TestCase("dom-sub subd", "dom-sub", true)]
    [TestCase("dom-sub subd", "subd", true)]
    [TestCase("dom-sub subd", "subd.service", true)]
    [TestCase("dom-sub.service", "dom-sub", true)]
    [TestCase("dom-sub subd", "sub", false)]
    [TestCase("dom-sub subd", "", false)]
    [TestCase("", "subd", false)]
    [TestCase("", "", false)]
    public void A_service_is_known_by_each_of_its_names(string names, string service, bool known) => Assert.That(ServiceNames.Contain(names, service), Is.EqualTo(known));

    [TestCase("dom-sub subd", "dom-sub")]
    [TestCase("", "")]
    public void The_first_name_is_the_one_that_is_started(string names, string first) => Assert.That(ServiceNames.First(names), Is.EqualTo(first));

    [Test]
    public void A_trigger_that_names_the_sub_by_an_alias_does_not_stop_it()
    {
        var triggers = TriggerSet.Parse("""[{ "MatchLines": ["/usr/bin/dom"], "Service": "subd" }, { "MatchLines": ["/usr/.*"], "Service": "web" }]""");
        var actions = TriggerActions.Of(triggers, TriggerSet.Parse("[]"), [System.Text.Encoding.UTF8.GetBytes("/usr/bin/dom")], "dom-sub subd");
        Assert.That((actions.Stop, actions.Start, actions.RestartSelf), Is.EqualTo((new[] { "web" }, new[] { "web" }, true)));
    }
}
