using System.Net.Sockets;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UpdateEngineTests : IAsyncDisposable
{
    private static readonly TriggerActions Cron = new() { Stop = ["cron"], Start = ["cron"], Reload = ["ssh"] };

    private readonly TempDirectory _temp = new();
    private readonly UpdateTree _tree;

    public UpdateEngineTests() => _tree = new UpdateTree(_temp.Path);

    public async ValueTask DisposeAsync()
    {
        await _tree.DisposeAsync();
        _temp.Dispose();
    }

    [Test]
    public async Task Every_kind_of_step_is_done(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/passwd", "old");
        _tree.Write("/etc/motd", "gone");
        _tree.Write("/opt/a/file", "gone");
        _tree.Write("/usr/bin/tool", "tool");
        _tree.Directory_("/new").Directory_("/new/below", 0x1c0)
            .File_("/new/below/file", "fresh", 0x180).File_("/etc/passwd", "changed").Link_("/etc/link", "passwd")
            .File_("/usr/one", "linked").HardLink("/usr/two", "/usr/one", "linked").HardLink("/usr/three", "/usr/bin/tool", "tool")
            .Mode("/usr/bin/tool", 0x1ed).Delete("/etc/motd").Delete("/opt/a/file").RemoveDirectory("/opt/a").RemoveDirectory("/opt");

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(outcome.Touched, Has.Count.EqualTo(13));
            Assert.That(_tree.Describe("/new/below"), Is.EqualTo("directory 700"));
            Assert.That(_tree.Describe("/new/below/file"), Is.EqualTo("file 600 fresh"));
            Assert.That(_tree.Describe("/etc/passwd"), Is.EqualTo("file 644 changed"));
            Assert.That(_tree.Root.GetStatus("etc/passwd"u8).ModificationTime, Is.EqualTo(new FileTime(UpdateTree.NewTime, 0)));
            Assert.That(_tree.Describe("/etc/link"), Is.EqualTo("link passwd"));
            Assert.That(_tree.Root.GetStatus("usr/two"u8).Inode, Is.EqualTo(_tree.Root.GetStatus("usr/one"u8).Inode));
            Assert.That(_tree.Root.GetStatus("usr/three"u8).Inode, Is.EqualTo(_tree.Root.GetStatus("usr/bin/tool"u8).Inode));
            Assert.That(_tree.Describe("/usr/bin/tool"), Is.EqualTo("file 755 tool"));
            Assert.That(_tree.Describe("/etc/motd"), Is.EqualTo("nothing"));
            Assert.That(_tree.Describe("/opt"), Is.EqualTo("nothing"));
        });
        AssertNothingLeft();
    }

    [Test]
    public async Task Kinds_change_in_one_instant(CancellationToken cancellationToken)
    {
        _tree.Write("/lib/sub/loader", "loader");
        _tree.Write("/lib/other", "other");
        _tree.Write("/conf", "a file");
        _tree.Write("/empty/x", "x");
        File.Delete(_tree.At("/empty/x"));
        _tree.Link_("/lib", "usr/lib").Directory_("/conf").File_("/conf/d", "d").File_("/empty", "a file now")
            .Delete("/lib/sub/loader").RemoveDirectory("/lib/sub").Delete("/lib/other").RemoveDirectory("/lib");

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(outcome.Held, Is.Empty);
            Assert.That(_tree.Describe("/lib"), Is.EqualTo("link usr/lib"));
            Assert.That(_tree.Describe("/conf/d"), Is.EqualTo("file 644 d"));
            Assert.That(_tree.Describe("/empty"), Is.EqualTo("file 644 a file now"));
        });
        AssertNothingLeft();
    }

    [Test]
    public async Task When_nothing_is_left_to_do_the_update_ends_before_services_stop(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        var preparations = 0;
        var order = _tree.Order(Cron) with
        {
            // The stages of the preparation: check, stage, journal, sync, check again.
            PhaseChanged = _ =>
            {
                if (++preparations == 4)
                {
                    _tree.Write("/etc/conf", "OLD");
                }
            },
        };
        var services = new RecordingServices();

        var outcome = await _tree.Engine(services).ApplyAsync(order, cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.PlanChanged));
        Assert.That(services.Log, Is.Empty);
        Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("OLD"));
        AssertNothingLeft();
    }

    [Test]
    public async Task What_appears_in_a_directory_that_goes_while_services_stop_holds_it(CancellationToken cancellationToken)
    {
        _tree.Write("/srv/app/a", "a");
        _tree.Write("/lib/b", "b");
        _tree.Link_("/lib", "usr/lib").Delete("/srv/app/a").RemoveDirectory("/srv/app").Delete("/lib/b").RemoveDirectory("/lib");
        var services = new RecordingServices
        {
            Answer = (verb, _) =>
            {
                if (verb == ServiceVerb.Stop)
                {
                    _tree.Write("/srv/app/state", "saved at stop");
                    _tree.Write("/lib/state", "saved at stop");
                }

                return null;
            },
        };

        var outcome = await _tree.Engine(services).ApplyAsync(_tree.Order(Cron), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
        Assert.That(outcome.Held, Has.Count.EqualTo(2));
        Assert.That(_tree.Read("/srv/app/state"), Is.EqualTo("saved at stop"));
        Assert.That(_tree.Read("/lib/state"), Is.EqualTo("saved at stop"));
        Assert.That(_tree.Read("/lib/b"), Is.EqualTo("b"));
        AssertNothingLeft();
    }

    [Test]
    public async Task A_socket_goes_with_its_directory(CancellationToken cancellationToken)
    {
        _tree.Write("/run/app/a", "a");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_tree.At("/run/app/sock")));
        _tree.Delete("/run/app/a").RemoveDirectory("/run/app");

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
        Assert.That(_tree.Describe("/run/app"), Is.EqualTo("nothing"));
    }

    [Test]
    public async Task Services_are_stopped_before_and_started_after_the_swap(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        var seen = new List<string>();
        var services = new RecordingServices
        {
            Answer = (verb, _) =>
            {
                seen.Add($"{verb} {_tree.Read("/etc/conf")}");
                return null;
            },
        };

        await _tree.Engine(services).ApplyAsync(_tree.Order(Cron), cancellationToken);

        Assert.That(services.Log, Is.EqualTo(["Stop cron", "Start cron", "Reload ssh"]));
        Assert.That(seen, Is.EqualTo(["Stop old", "Start new", "Reload new"]));
        AssertNothingLeft();
    }

    [Test]
    public async Task When_a_service_does_not_stop_nothing_is_swapped_and_all_are_started(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        var services = new RecordingServices { Answer = (verb, name) => verb == ServiceVerb.Stop && name == "b" ? "b hangs" : null };

        var outcome = await _tree.Engine(services).ApplyAsync(_tree.Order(new TriggerActions { Stop = ["a", "b", "c"], Start = ["a", "b", "c"] }), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.StopFailed));
        Assert.That(outcome.Message, Is.EqualTo("b hangs"));
        Assert.That(services.Log, Is.EqualTo(["Stop a", "Stop b", "Start a", "Start b", "Start c"]));
        Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("old"));
        AssertNothingLeft();
    }

    [Test]
    public async Task A_service_that_does_not_start_is_reported_and_tried_again(CancellationToken cancellationToken)
    {
        _tree.File_("/etc-conf", "new");
        var broken = true;
        var services = new RecordingServices { Answer = (verb, _) => verb == ServiceVerb.Start && broken ? "no" : null };
        var engine = _tree.Engine(services);

        var outcome = await engine.ApplyAsync(_tree.Order(new TriggerActions { Stop = ["a"], Start = ["a"] }), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done));
        Assert.That(outcome.FailedServices, Is.EqualTo(["no"]));
        Assert.That(engine.ServicesDown, Is.True);
        Assert.That(_tree.Engine(services).ServicesDown, Is.True, "a new process knows it as well");
        broken = false;
        await engine.RetryServicesAsync(cancellationToken);
        Assert.That(engine.ServicesDown, Is.False);
    }

    [Test]
    public async Task A_halt_ends_the_preparation_and_keeps_the_objects(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        using var halt = new CancellationTokenSource();
        var services = new RecordingServices();
        var phases = 0;
        var order = _tree.Order(Cron) with { PhaseChanged = _ => Cancel(++phases == 5 ? halt : null) };

        var outcome = await _tree.Engine(services).ApplyAsync(order, halt.Token);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Halted));
        Assert.That(services.Log, Is.Empty);
        Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("old"));
        Assert.That(_tree.Objects.GetSize(ObjectId.Of("new"u8)), Is.EqualTo(3));
        AssertNothingLeft();
    }

    [Test]
    public async Task From_stop_on_a_halt_has_no_effect(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        using var halt = new CancellationTokenSource();
        var services = new RecordingServices
        {
            Answer = (_, _) =>
            {
                Cancel(halt);
                return null;
            },
        };

        var outcome = await _tree.Engine(services).ApplyAsync(_tree.Order(Cron), halt.Token);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done));
        Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("new"));
    }

    [Test]
    public async Task A_corrupt_object_is_not_installed_and_is_dropped(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.File_("/etc/conf", "new");
        await _tree.Objects.SyncAsync(cancellationToken);
        var id = ObjectId.Of("new"u8);
        var file = _tree.At($"/.subd/objects/{id.ToString()[..2]}/{id.ToString()[2..]}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "NEW", cancellationToken);

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.PrepareFailed));
        Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("old"));
        Assert.That(_tree.Objects.GetSize(id), Is.EqualTo(-1));
        AssertNothingLeft();
    }

    [Test]
    public async Task A_directory_replaced_by_a_symbolic_link_leads_nowhere(CancellationToken cancellationToken)
    {
        using var outside = new TempDirectory();
        outside.WriteFile("passwd", "outside");
        _tree.Write("/etc/passwd", "old");
        _tree.File_("/etc/passwd", "new").File_("/etc/evil", "new");
        var services = new RecordingServices
        {
            Answer = (verb, _) =>
            {
                if (verb == ServiceVerb.Stop)
                {
                    Directory.Move(_tree.At("/etc"), _tree.At("/etc.away"));
                    File.CreateSymbolicLink(_tree.At("/etc"), outside.Path);
                }

                return null;
            },
        };

        var outcome = await _tree.Engine(services).ApplyAsync(_tree.Order(Cron), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.SwapIncomplete));
        Assert.That(outcome.Failures, Has.Count.EqualTo(2));
        Assert.That(File.ReadAllText(outside.Combine("passwd")), Is.EqualTo("outside"));
        Assert.That(File.Exists(outside.Combine("evil")), Is.False);
        Assert.That(services.Log, Does.Contain("Start cron"));
        AssertNothingLeft();
    }

    [Test]
    public async Task Protected_files_are_replaced_by_root(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.Write("/etc/log", "old");
        _tree.Write("/etc/mode", "old");
        _tree.File_("/etc/conf", "new").Mode("/etc/mode", 0x180).Delete("/etc/log");
        await Tool.RunOkAsync("chattr", "+i", _tree.At("/etc/conf"), _tree.At("/etc/mode"));
        await Tool.RunOkAsync("chattr", "+a", _tree.At("/etc/log"));

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
        Assert.That(_tree.Describe("/etc/conf"), Is.EqualTo("file 644 new"));
        Assert.That(_tree.Describe("/etc/mode"), Is.EqualTo("file 600 old"));
        Assert.That(_tree.Describe("/etc/log"), Is.EqualTo("nothing"));
    }

    private static void Cancel(CancellationTokenSource? source) => source?.Cancel();

    private void AssertNothingLeft()
    {
        var staging = _tree.At("/.subd/staging");
        Assert.That(Directory.Exists(staging) ? Directory.GetFileSystemEntries(staging) : [], Is.Empty);
        Assert.That(File.Exists(_tree.At("/.subd/journal")), Is.False);
        Assert.That(File.Exists(_tree.At("/.subd/services")), Is.False);
    }
}
