using Dom.Core.Machines;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.MdbSync.Sources;

/// <summary>A directory with a file for each machine or a few.</summary>
[CancelAfter(60_000)]
public sealed class DirectorySourceTests
{
    [Test]
    public async Task Files_of_both_forms_are_read_also_below_and_behind_links(CancellationToken token)
    {
        using var directory = Sample();
        directory.WriteFile("rack4/more.json", """[{"Hostname":"db1"},{"Hostname":"db2"}]""");
        directory.WriteFile("..data/linked.yaml", "RequiredImage: web/9");
        File.CreateSymbolicLink(directory.Combine("web9.yaml"), "..data/linked.yaml");
        directory.WriteFile(".hidden.yaml", "rubbish");
        directory.WriteFile("backup.yaml~", "rubbish");
        directory.WriteFile("README.md", "rubbish");
        var reading = await Source(directory).ReadAsync(MachineList.Empty, token);
        Assert.That(reading.List?.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "db1", "db2", "web1.example.com", "web2", "web9" }));
        Assert.That(reading.List?.Find("web9")?.RequiredImage, Is.EqualTo("web/9"));
        Assert.That(reading.Problems, Is.Empty);
    }

    [Test]
    public async Task Only_what_changed_counts_and_a_file_that_breaks_keeps_its_machines(CancellationToken token)
    {
        using var directory = Sample();
        var source = Source(directory);
        var first = (await source.ReadAsync(MachineList.Empty, token)).List ?? MachineList.Empty;
        Assert.That((await source.ReadAsync(first, token)).List, Is.Null);
        directory.WriteFile("web2.json", "{ broken");
        directory.WriteFile("web3.yaml", "RequiredImage: web/3");
        var second = await source.ReadAsync(first, token);
        Assert.That(second.List?.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "web1.example.com", "web2", "web3" }));
        Assert.That(second.Problems, Has.One.StartsWith("web2.json: "));
        Assert.That((await source.ReadAsync(first, token)).Problems, Has.One.StartsWith("web2.json: "), "a fault is told until it is mended");
        File.Delete(directory.Combine("web2.json"));
        var third = await source.ReadAsync(first, token);
        Assert.That((third.List?.Count, third.Problems.Count), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task After_a_restart_a_broken_file_takes_no_machine_away(CancellationToken token)
    {
        using var directory = Sample();
        var known = (await Source(directory).ReadAsync(MachineList.Empty, token)).List ?? MachineList.Empty;
        directory.WriteFile("web2.json", "{ broken");
        var again = Source(directory);
        var reading = await again.ReadAsync(known, token);
        Assert.That(reading.List?.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "web1.example.com", "web2" }));
        Assert.That(reading.Problems, Has.Count.EqualTo(1));
        directory.WriteFile("web2.json", """{"Hostname":"web2b"}""");
        Assert.That((await again.ReadAsync(known, token)).List?.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "web1.example.com", "web2b" }));
    }

    [Test]
    public async Task A_machine_in_two_files_is_taken_from_the_first_and_named(CancellationToken token)
    {
        using var directory = Sample();
        directory.WriteFile("zzz.yaml", "Hostname: web2\nRequiredImage: other/1");
        var reading = await Source(directory).ReadAsync(MachineList.Empty, token);
        Assert.That(reading.List?.Find("web2")?.RequiredImage, Is.EqualTo("web/2"));
        Assert.That(reading.Problems, Is.EqualTo(new[] { "zzz.yaml: the machine 'web2' is also in web2.json, which counts" }));
    }

    [Test]
    public async Task Limits_hold_and_other_kinds_of_files_do_no_harm(CancellationToken token)
    {
        using var directory = Sample();
        await Tool.RunAsync("mkfifo", [directory.Combine("pipe.yaml")], cancellationToken: token);
        File.CreateSymbolicLink(directory.Combine("loop"), ".");
        Directory.CreateDirectory(directory.Combine("looks-like.yaml"));
        Assert.That((await Source(directory).ReadAsync(MachineList.Empty, token)).List?.Count, Is.EqualTo(2));
        directory.WriteFile("large.yaml", new string('#', 10_001));
        Assert.That(async () => await Source(directory).ReadAsync(MachineList.Empty, token), Throws.TypeOf<MachineListException>().With.Message.Contains("MaxSourceBytes"));
        File.Delete(directory.Combine("large.yaml"));
        directory.WriteFile(string.Join('/', Enumerable.Repeat("d", 10)) + "/deep.yaml", "a: b");
        Assert.That(async () => await Source(directory).ReadAsync(MachineList.Empty, token), Throws.TypeOf<MachineListException>().With.Message.Contains("8 directories deep"));
    }

    [Test]
    public async Task A_directory_that_is_away_is_a_fault_and_not_an_empty_list(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var source = new DirectorySource(SourceDefinitionParser.Parse($"directory {directory.Combine("none")}"), Limits, TimeProvider.System);
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>().With.Message.Contains("none"));
        Directory.CreateDirectory(directory.Combine("none"));
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Count, Is.Zero);
    }

    private static SourceLimits Limits { get; } = new(TimeSpan.FromSeconds(20), 10_000, MachineListLimits.Default);

    private static TempDirectory Sample()
    {
        var directory = new TempDirectory("dom-mdb-");
        directory.WriteFile("web1.example.com.yaml", "RequiredImage: web/1\nTags: {rack: 4}\n");
        directory.WriteFile("web2.json", """{"RequiredImage":"web/2"}""");
        return directory;
    }

    private static DirectorySource Source(TempDirectory directory) => new(SourceDefinitionParser.Parse($"directory {directory.Path}"), Limits, TimeProvider.System);
}
