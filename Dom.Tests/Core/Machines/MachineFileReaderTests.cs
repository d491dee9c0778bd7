using System.Text;
using Dom.Core.Machines;

namespace Dom.Tests.Core.Machines;

/// <summary>Small YAML and JSON files that describe a machine or a few.</summary>
public sealed class MachineFileReaderTests
{
    [Test]
    public void One_mapping_is_one_machine_and_the_file_may_name_it()
    {
        var machine = Yaml("""
            # web7 stands in rack 4
            location: SJC/rack4
            RequiredImage: "web/101"
            DisableUpdates: true
            ownerGroups: [web-sre, ops]
            OwnerUsers:
              - alice
            Tags:
              rack: 4
              version: 1.10
              note: 'it''s # new'
            PlannedImage: ~
            """, "web7.example.com").Machines.Single();
        Assert.That(machine.Hostname, Is.EqualTo("web7.example.com"));
        Assert.That((machine.Location, machine.RequiredImage, machine.PlannedImage, machine.DisableUpdates), Is.EqualTo(("SJC/rack4", "web/101", "", true)));
        Assert.That(machine.OwnerGroups, Is.EqualTo(new[] { "web-sre", "ops" }));
        Assert.That(machine.OwnerUsers, Is.EqualTo(new[] { "alice" }));
        Assert.That((machine.Tags["rack"], machine.Tags["version"], machine.Tags["note"]), Is.EqualTo(("4", "1.10", "it's # new")));
    }

    [Test]
    public void A_list_and_several_documents_hold_several_machines()
    {
        var list = Yaml("""
            - Hostname: b
              RequiredImage: web/1
            - Hostname: a
            ---
            Hostname: c
            ---
            """);
        Assert.That(list.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [TestCase("")]
    [TestCase("# nothing yet\n")]
    [TestCase("---\n...\n")]
    [TestCase("[]")]
    public void A_file_may_be_empty(string content) => Assert.That(Yaml(content).Count, Is.Zero);

    [TestCase("Hostname: &x a\nRequiredImage: *x", 1, "anchors")]
    [TestCase("Hostname: a\nRequiredImage: *x", 2, "")]
    [TestCase("Hostname: !!str a", 1, "tags")]
    [TestCase("- &all\n  Hostname: a\n- <<: *all\n  Hostname: b", 1, "anchors")]
    [TestCase("Hostname: a\nDisableUpdates: yes", 2, "'yes' must be true or false")]
    [TestCase("Hostname: a\nTags: oops", 1, "Tags")]
    [TestCase("Hostname: a\nOwnerGroups: {a: b}", 1, "OwnerGroups")]
    [TestCase("Hostname: [a]", 1, "Hostname")]
    [TestCase("Hostname: a\nOwnerUsers: [b, ~]", 1, "OwnerUsers of 'a' holds null")]
    [TestCase("Hostname: a\nTags: {x: 1, y: }", 1, "Tags of 'a' holds null")]
    [TestCase("Hostname: a\nhostname: b", 1, "Hostname")]
    [TestCase("Hostname: a\n  bad indent: [", 2, "not YAML")]
    [TestCase("just some words", 1, "must hold an entry")]
    [TestCase("- a\n- b", 1, "each item of the list must be an entry")]
    [TestCase("- Hostname: a\n- Hostname: a", 2, "twice, first in line 1")]
    [TestCase("? [a]\n: b", 1, "a key must be a word")]
    [TestCase("Hostname: bad/name", 1, "label")]
    [TestCase("- RequiredImage: web/1\n- Hostname: b", 1, "host name is empty")]
    public void What_cannot_be_taken_is_refused_with_its_line(string content, int line, string message) =>
        Assert.That(() => Yaml(content), Throws.TypeOf<MachineListException>()
            .With.Property(nameof(MachineListException.Line)).EqualTo(line).And.Message.Contains(message));

    [Test]
    public void Deep_nesting_is_refused_before_it_costs_anything()
    {
        var deep = "Tags: " + new string('[', 5_000);
        Assert.That(() => Yaml(deep), Throws.TypeOf<MachineListException>().With.Message.Contains("16 levels"));
    }

    [Test]
    public async Task Json_files_hold_an_object_or_an_array()
    {
        Assert.That((await JsonAsync("""{"RequiredImage":"web/1"}""", "web1")).Machines.Single(), Is.EqualTo(new Machine { Hostname = "web1", RequiredImage = "web/1" }));
        Assert.That((await JsonAsync("""[{"Hostname":"a"},{"IpAddress":"10.0.0.1"}]""", "file")).Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "10.0.0.1", "a" }));
        Assert.That(async () => await JsonAsync("""{"Hostname":"a","Tags":[1]}""", "a"), Throws.TypeOf<MachineListException>().With.Message.Contains("Tags"));
        Assert.That(async () => await JsonAsync("nothing", "a"), Throws.TypeOf<MachineListException>());
    }

    private static MachineList Yaml(string content, string name = "") => MachineFileReader.ReadYaml(Encoding.UTF8.GetBytes(content), name, MachineListLimits.Default);

    private static Task<MachineList> JsonAsync(string content, string name) =>
        MachineFileReader.ReadJsonAsync(Encoding.UTF8.GetBytes(content), name, MachineListLimits.Default, CancellationToken.None);
}
