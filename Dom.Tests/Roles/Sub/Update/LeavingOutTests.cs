using Dom.Core.Linux;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

/// <summary>Rule 14 without its price: who keeps changing his own files holds up the correction of nothing else.</summary>
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LeavingOutTests : IAsyncDisposable
{
    private static readonly TriggerActions Cron = new() { Stop = ["cron"], Start = ["cron"] };

    private readonly TempDirectory _temp = new();
    private readonly UpdateTree _tree;

    public LeavingOutTests() => _tree = new UpdateTree(_temp.Path);

    public async ValueTask DisposeAsync()
    {
        await _tree.DisposeAsync();
        _temp.Dispose();
    }

    [TestCase("content", "/etc/conf")]
    [TestCase("mode", "/etc/conf")]
    [TestCase("attribute", "/etc/conf")]
    [TestCase("gone", "/etc/conf")]
    [TestCase("appeared", "/etc/created")]
    [TestCase("unlisted", "/opt")]
    public async Task What_changed_since_it_was_read_is_left_out_and_the_rest_is_done(string what, string path, CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.Write("/etc/other", "old");
        _tree.Write("/opt/a", "a");
        _tree.File_("/etc/conf", "new").File_("/etc/created", "new").File_("/etc/other", "new").Delete("/opt/a").RemoveDirectory("/opt");
        switch (what)
        {
            case "content":
                _tree.Write("/etc/conf", "edited meanwhile");
                break;
            case "mode":
                File.SetUnixFileMode(_tree.At("/etc/conf"), UnixFileMode.UserRead);
                break;
            case "attribute":
                _tree.SetAttribute("/etc", "conf", "user.note");
                break;
            case "gone":
                File.Delete(_tree.At("/etc/conf"));
                break;
            case "appeared":
                _tree.Write("/etc/created", "by somebody");
                break;
            default:
                _tree.Write("/opt/precious", "data");
                break;
        }

        var before = _tree.Describe(path);
        var services = new RecordingServices();
        var outcome = await _tree.Engine(services).ApplyAsync(_tree.Order(Cron), cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(outcome.LeftOut.Select(static fault => fault.Path.ToString()), Is.EqualTo([path]));
            Assert.That(outcome.Touched, Does.Contain(UnixPath.Of(path)));
            Assert.That(_tree.Describe(path), Is.EqualTo(before));
            Assert.That(_tree.Describe("/etc/other"), Is.EqualTo("file 644 new"));
            Assert.That(_tree.Describe("/opt/a"), Is.EqualTo("nothing"));
            Assert.That(services.Log, Is.EqualTo(["Stop cron", "Start cron"]));
        });
        AssertNothingLeft();
    }

    [Test]
    public async Task What_changes_while_the_rest_is_made_ready_is_in_no_journal(CancellationToken cancellationToken)
    {
        _tree.Write("/etc/conf", "old");
        _tree.Write("/etc/other", "old");
        _tree.File_("/etc/conf", "new").File_("/etc/other", "new");
        var preparations = 0;
        var order = _tree.Order(Cron) with
        {
            // The stages of the preparation: check, stage, journal, sync, check again.
            PhaseChanged = _ => EditWhen(++preparations == 5),
        };
        IReadOnlyList<string> journal = [];
        var services = new RecordingServices
        {
            Answer = (_, _) =>
            {
                journal = journal.Count > 0 ? journal : JournalPaths();
                return null;
            },
        };

        var outcome = await _tree.Engine(services).ApplyAsync(order, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(outcome.LeftOut, Has.Count.EqualTo(1));
            Assert.That(journal, Is.EqualTo(["/etc/other"]), "what a crash would roll forward");
            Assert.That(_tree.Read("/etc/conf"), Is.EqualTo("OLD"));
            Assert.That(_tree.Read("/etc/other"), Is.EqualTo("new"));
        });
        AssertNothingLeft();

        void EditWhen(bool checking)
        {
            if (checking)
            {
                _tree.Write("/etc/conf", "OLD");
            }
        }
    }

    [Test]
    public async Task What_needs_a_step_that_is_left_out_is_left_out_too(CancellationToken cancellationToken)
    {
        _tree.Write("/lib/sub/loader", "loader");
        _tree.Write("/lib/other", "other");
        _tree.Write("/srv/app/state", "state");
        _tree.Write("/one", "one");
        _tree.Link_("/lib", "usr/lib").Directory_("/new").Directory_("/new/below").File_("/new/below/file", "new")
            .File_("/one", "two").HardLink("/three", "/one", "two").File_("/done", "done")
            .Delete("/srv/app/state").RemoveDirectory("/srv/app").RemoveDirectory("/srv")
            .Delete("/lib/sub/loader").RemoveDirectory("/lib/sub").Delete("/lib/other").RemoveDirectory("/lib");
        _tree.Write("/lib/sub/loader", "changed by its owner");
        _tree.Write("/new", "a file of somebody");
        _tree.Write("/one", "changed by its owner");
        _tree.Write("/srv/app/state", "changed by its owner");

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(outcome.Failures, Is.Empty);
            Assert.That(outcome.Held, Is.Empty);
            Assert.That(_tree.Read("/lib/sub/loader"), Is.EqualTo("changed by its owner"));
            Assert.That(_tree.Read("/lib/other"), Is.EqualTo("other"));
            Assert.That(_tree.Read("/new"), Is.EqualTo("a file of somebody"));
            Assert.That(_tree.Describe("/three"), Is.EqualTo("nothing"));
            Assert.That(_tree.Read("/srv/app/state"), Is.EqualTo("changed by its owner"));
            Assert.That(_tree.Read("/done"), Is.EqualTo("done"));
        });
        AssertNothingLeft();
    }

    private IReadOnlyList<string> JournalPaths()
    {
        var content = Journal.Open(_tree.Private, out var journal);
        journal?.Dispose();
        return content is null ? [] : [.. content.Steps.Select(static step => step.Path.ToString())];
    }

    private void AssertNothingLeft()
    {
        var staging = _tree.At("/.subd/staging");
        Assert.That(Directory.Exists(staging) ? Directory.GetFileSystemEntries(staging) : [], Is.Empty);
        Assert.That(File.Exists(_tree.At("/.subd/journal")), Is.False);
    }
}
