using Dom.Core.Contracts.MdbServer;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>From sources to the list in force.</summary>
[CancelAfter(60_000)]
public sealed class MdbSyncServiceTests
{
    [Test]
    public async Task Sources_are_merged_in_their_order_and_written_in_the_masters_form(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("name=inventory json FILE SJC", "a.json", """[{"Hostname":"web10","RequiredImage":"web/1","Location":"rack4","Tags":{"PlannedImage":"web/2"}},{"IpAddress":"10.0.0.9"}]""");
        rig.AddSource("text FILE", "b.txt", "web10 web/3\nweb9 web/1");
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 3 && File.Exists(rig.Output), token);
        var machine = rig.List.Find("web10");
        Assert.That((machine?.RequiredImage, machine?.PlannedImage, machine?.Location, machine?.DataSourceType), Is.EqualTo(("web/3", "web/2", "SJC/rack4", "")));
        Assert.That(rig.List.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "10.0.0.9", "web9", "web10" }));
        Assert.That(rig.List.Find("10.0.0.9")?.DataSourceIdentifier, Is.EqualTo("inventory"));
        await rig.UntilAsync(() => File.ReadAllText(rig.Output).Contains("web/3", StringComparison.Ordinal), token);
        Assert.That((await rig.ReadOutputAsync(token)).Machines, Is.EqualTo(rig.List.Machines));
        Assert.That(File.ReadAllText(rig.Output), Does.StartWith("[\n    {\n        \"Hostname\": \"10.0.0.9\"").And.Not.Contain("\"\"").And.Not.Contain("[]").And.Not.Contain("{}"), "empty fields are left out");
        Assert.That(rig.Status.Problems, Is.Empty);
    }

    [Test]
    public async Task Without_data_of_every_source_nothing_is_published_since_others_would_count_in_its_place(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(3));
        rig.AddSource($"name=overrides json {rig.Directory.Combine("missing.json")}");
        await rig.StartAsync(token);
        await rig.LookAgainAsync(token);
        Assert.That(rig.Service.Publisher.Feed.Current, Is.Null);
        Assert.That(rig.Service.NotReady().Select(r => r.ToString()), Has.One.Contains("overrides"));
        var refusal = Assert.CatchAsync<RpcException>(() => rig.Admin.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).FirstAsync(token).AsTask());
        Assert.That((refusal?.Code, refusal?.Retryable), Is.EqualTo((MdbErrorCode.NoList, true)));
        rig.Directory.WriteFile("missing.json", "[]");
        await rig.UntilAsync(() => rig.List.Count == 3, token);
        Assert.That(rig.Service.NotReady(), Is.Empty);
    }

    [Test]
    public async Task A_source_that_breaks_keeps_its_last_good_data_also_over_a_restart_and_the_others_go_on(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var first = rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(3));
        var second = rig.AddSource("name=b text FILE", "b.txt", "x1");
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 4, token);
        await File.WriteAllTextAsync(first, "[{", token);
        await File.WriteAllTextAsync(second, "x1\nx2", token);
        await rig.UntilAsync(() => rig.List.Find("x2") is not null && rig.Status.Sources[0].Error.Length > 0, token);
        Assert.That(rig.List.Count, Is.EqualTo(5));
        Assert.That(rig.Status.Problems, Has.One.StartsWith("source a: ").And.Contains("line 1"));
        File.Delete(first);
        await rig.StartAsync(token);
        Assert.That(rig.List.Count, Is.EqualTo(5), "the list is there before any source was looked at");
        await rig.LookAgainAsync(token);
        Assert.That(rig.List.Count, Is.EqualTo(5));
        Assert.That(rig.Status.Sources[0].Error, Does.Contain("a.json"));
        Assert.That(rig.Service.NotReady(), Is.Empty);
        await File.WriteAllTextAsync(first, MdbRig.Json(2), token);
        await rig.UntilAsync(() => rig.List.Count == 4 && rig.Status.Problems.Count == 0, token);
    }

    [Test]
    public async Task Variables_stand_for_images_and_tags_and_unknown_ones_are_named(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var variables = rig.Directory.WriteFile("variables.json", """{"web":"web/7","place":"rack4","dir":"DIR"}""");
        File.WriteAllText(variables, File.ReadAllText(variables).Replace("DIR", rig.Directory.Path, StringComparison.Ordinal));
        rig.Options = rig.Options with { VariablesFile = variables };
        rig.Directory.WriteFile("a.json", """[{"Hostname":"a","RequiredImage":"$web","PlannedImage":"$other","Tags":{"Where":"$place","Cost":"5 $"}}]""");
        rig.AddSource("json ${dir}/a.json".Replace("${dir}", rig.Directory.Path, StringComparison.Ordinal));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 1, token);
        var machine = rig.List.Find("a");
        Assert.That((machine?.RequiredImage, machine?.PlannedImage, machine?.Tags["Where"], machine?.Tags["Cost"]), Is.EqualTo(("web/7", "$other", "rack4", "5 $")));
        Assert.That(rig.Status.Problems, Has.One.Contains("$other"));
        await File.WriteAllTextAsync(variables, """{"web":"web/8","other":"web/9"}""", token);
        await rig.UntilAsync(() => rig.List.Find("a") is { RequiredImage: "web/8", PlannedImage: "web/9" }, token);
        await File.WriteAllTextAsync(variables, "broken", token);
        await rig.UntilAsync(() => rig.Status.Problems.Any(p => p.Contains("variables.json", StringComparison.Ordinal)), token);
        Assert.That(rig.List.Find("a")?.RequiredImage, Is.EqualTo("web/8"));
    }

    [Test]
    public async Task Host_names_are_filtered_by_expression_and_by_lists_that_may_change(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("text FILE", "a.txt", "web1\nweb2\ndb1\ntest-web3\nweb4");
        var exclude = rig.Directory.WriteFile("exclude", "web2\n");
        rig.Options = rig.Options with { HostnameRegex = "!test-", HostnamesExcludeFile = exclude, HostnamesIncludeFile = rig.Directory.WriteFile("include", "web1\nweb2\nweb4\ntest-web3\n") };
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count > 0, token);
        Assert.That(rig.List.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "web1", "web4" }));
        await File.WriteAllTextAsync(exclude, "web4\n", token);
        await rig.UntilAsync(() => rig.List.Find("web2") is not null, token);
        Assert.That(rig.List.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "web1", "web2" }));
    }

    [Test]
    public async Task Upstreams_list_of_sources_can_be_used_as_it_is(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var variables = rig.Directory.WriteFile("variables.json", $$"""{"DIR":"{{rig.Directory.Path}}"}""");
        rig.Directory.WriteFile("hosts", "a\nb\n");
        var list = rig.Directory.WriteFile("mdb.sources.list", "# sources\n\nhostlist ${DIR}/hosts web/1 web/2\n");
        rig.Options = rig.Options with { SourcesFile = list, VariablesFile = variables };
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 2, token);
        Assert.That(rig.List.Find("a")?.PlannedImage, Is.EqualTo("web/2"));
        await rig.StopAsync();
        await File.WriteAllTextAsync(list, "hostlist $NONE/hosts\naws us-east-1 me\njson /a\njson /a\n", token);
        var faults = Assert.CatchAsync<ConfigurationException>(() => rig.StartAsync(token));
        Assert.That(faults?.Message, Does.Contain(":1").And.Contain("'NONE' is not defined").And.Contain(":2").And.Contain("'aws' is not part").And.Contain("two sources are called json:/a"));
        rig.Options = rig.Options with { SourcesFile = null };
        Assert.That(async () => await rig.StartAsync(token), Throws.TypeOf<ConfigurationException>().With.Message.Contains("no source"));
    }

    [Test]
    public async Task The_output_is_written_only_when_the_list_changed(CancellationToken token)
    {
        await using var rig = new MdbRig();
        var source = rig.AddSource("json FILE", "a.json", MdbRig.Json(3));
        await rig.StartAsync(token);
        await rig.UntilAsync(() => File.Exists(rig.Output), token);
        await rig.StopAsync();
        var marker = File.GetLastWriteTimeUtc(rig.Output).AddHours(-1);
        File.SetLastWriteTimeUtc(rig.Output, marker);
        await rig.StartAsync(token);
        await File.WriteAllTextAsync(source, MdbRig.Json(3) + "\n", token);
        await rig.LookAgainAsync(token);
        Assert.That(File.GetLastWriteTimeUtc(rig.Output), Is.EqualTo(marker));
        await File.WriteAllTextAsync(source, MdbRig.Json(3, "web/2"), token);
        await rig.UntilAsync(() => File.GetLastWriteTimeUtc(rig.Output) != marker, token);
        Assert.That((await rig.ReadOutputAsync(token)).Find("h1")?.RequiredImage, Is.EqualTo("web/2"));
        Assert.That(Directory.GetFiles(rig.Directory.Path, ".mdb*"), Is.Empty);
    }

    [Test]
    public async Task An_output_that_cannot_be_written_is_told_and_tried_again_while_the_stream_goes_on(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(3));

        // A directory in the place of the file makes every rename fail.
        Directory.CreateDirectory(rig.Output);
        await rig.StartAsync(token);

        // Before its first look it is not ready for another reason.
        await rig.UntilAsync(() => rig.Service.NotReady() is [{ Detail: { } detail }] && detail.StartsWith($"the machine list cannot be written to {rig.Output}", StringComparison.Ordinal), token);
        Assert.That(rig.List, Has.Count.EqualTo(3), "what the stream gives out does not wait for the file");
        Directory.Delete(rig.Output);
        await rig.UntilAsync(() => rig.Service.NotReady().Count == 0 && File.Exists(rig.Output), token);
        Assert.That((await rig.ReadOutputAsync(token)).Count, Is.EqualTo(3));
    }

    [Test]
    public async Task Two_processes_do_not_share_a_state_directory(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("json FILE", "a.json", MdbRig.Json(3));
        await rig.StartAsync(token);
        Assert.That(
            async () => await Dom.Roles.MdbSync.MdbSyncService.OpenAsync(rig.Options, rig.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, token),
            Throws.InstanceOf<IOException>().With.Message.Contains("another mdb-sync"));
    }

    [Test]
    public async Task What_a_removed_source_left_behind_is_removed(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(3));
        rig.AddSource("name=b text FILE", "b.txt", "h1");
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 3, token);
        var files = rig.Directory.Combine("state", "sources");
        await rig.UntilAsync(() => Directory.GetFiles(files).Length == 2, token);
        rig.Options = rig.Options with { Source = [rig.Options.Source[0]] };
        await rig.StartAsync(token);
        Assert.That(Directory.GetFiles(files), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_machine_is_shown_with_what_each_source_says(CancellationToken token)
    {
        await using var rig = new MdbRig();
        rig.AddSource("name=a json FILE", "a.json", MdbRig.Json(1));
        rig.AddSource("name=b text FILE", "b.txt", "h0 web/9\nhidden");
        rig.Options = rig.Options with { HostnameRegex = "h[0-9]" };
        await rig.StartAsync(token);
        await rig.UntilAsync(() => rig.List.Count == 1, token);
        var found = await rig.Admin.CallAsync(MdbServerMethods.GetMachine, new MdbMachineRequest { Hostname = "h0" }, token);
        Assert.That(found.Sources.Select(s => (s.Source, s.Machine.RequiredImage)), Is.EqualTo(new[] { ("a", "web/1"), ("b", "web/9") }));
        Assert.That(found.Machine?.RequiredImage, Is.EqualTo("web/9"));
        Assert.That((await rig.Admin.CallAsync(MdbServerMethods.GetMachine, new MdbMachineRequest { Hostname = "hidden" }, token)).Note, Does.Contain("filter"));
        Assert.That(async () => await rig.Admin.CallAsync(MdbServerMethods.GetMachine, new MdbMachineRequest { Hostname = "none" }, token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(MdbErrorCode.NoSuchMachine));
        Assert.That((await rig.Admin.CallAsync(MdbServerMethods.ListImages, new MdbRequest(), token)).Images, Is.EqualTo(new[] { "web/9" }));
        Assert.That(await rig.Admin.StreamAsync(MdbServerMethods.GetMdb, new MdbRequest(), token).SelectMany(p => p.Machines).ToListAsync(token), Is.EqualTo(rig.List.Machines));
    }
}
