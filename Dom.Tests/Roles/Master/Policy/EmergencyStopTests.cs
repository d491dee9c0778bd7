using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Policy;

[CancelAfter(10_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EmergencyStopTests
{
    private readonly FakeTimeProvider _clock = new();
    private UpdatesSwitch _saved = new();
    private int _told;

    [Test]
    public async Task A_stop_is_in_force_before_it_is_durable(CancellationToken cancellationToken)
    {
        var disk = new TaskCompletionSource();
        using var stop = New(new UpdatesSwitch(), () => disk.Task);
        var stopping = stop.StopAsync("alice", "it burns", cancellationToken);
        Assert.That(stop.IsOn, Is.True);
        Assert.That(_told, Is.EqualTo(1));
        Assert.That(stopping.IsCompleted, Is.False);
        disk.SetResult();
        var state = await stopping;
        Assert.That((state.User, state.Reason, state.Since), Is.EqualTo(("alice", "it burns", _clock.GetUtcNow())));
    }

    [Test]
    public async Task Updates_go_on_only_when_that_is_durable(CancellationToken cancellationToken)
    {
        var disk = new TaskCompletionSource();
        using var stop = New(new UpdatesSwitch { Disabled = true }, () => disk.Task);
        var releasing = stop.ReleaseAsync("bob", "fixed", cancellationToken);
        Assert.That(stop.IsOn, Is.True);
        Assert.That(stop.Snapshot().Disabled, Is.False, "this is what is written");
        disk.SetResult();
        await releasing;
        Assert.That(stop.IsOn, Is.False);
        Assert.That(_told, Is.EqualTo(1));
    }

    [Test]
    public void A_full_disk_neither_prevents_a_stop_nor_releases_one(CancellationToken cancellationToken)
    {
        using var stop = New(new UpdatesSwitch(), () => Task.FromException(new IOException("no space")));
        Assert.That(() => stop.StopAsync("alice", "it burns", cancellationToken), Throws.TypeOf<IOException>());
        Assert.That(stop.IsOn, Is.True);
        Assert.That(() => stop.ReleaseAsync("alice", "it is over", cancellationToken), Throws.TypeOf<IOException>());
        Assert.That(stop.IsOn, Is.True);
        Assert.That(stop.Snapshot().Disabled, Is.True);
    }

    [Test]
    public async Task A_stop_does_not_wait_for_a_release_that_is_being_written_and_wins_over_it(CancellationToken cancellationToken)
    {
        var disk = new TaskCompletionSource();
        using var stop = New(new UpdatesSwitch(), () => disk.Task);
        var releasing = stop.ReleaseAsync("bob", "fixed", cancellationToken);
        Assert.That(stop.Snapshot().User, Is.EqualTo("bob"));
        var stopping = stop.StopAsync("alice", "it burns again", cancellationToken);
        Assert.That(stop.IsOn, Is.True, "though the disk hangs");
        Assert.That(_told, Is.EqualTo(1));
        Assert.That(stop.Snapshot().Disabled, Is.True);
        Assert.That(stopping.IsCompleted, Is.False);
        disk.SetResult();
        Assert.That((await releasing).User, Is.EqualTo("alice"));
        Assert.That((await stopping).User, Is.EqualTo("alice"));
        Assert.That(stop.IsOn, Is.True);
        Assert.That(_told, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_remembered_is_in_force_at_once(CancellationToken cancellationToken)
    {
        using (var before = New(new UpdatesSwitch(), null))
        {
            await before.StopAsync("alice", "it burns", cancellationToken);
        }

        using var after = New(_saved, null);
        Assert.That(after.IsOn, Is.True);
        Assert.That(after.State.Reason, Is.EqualTo("it burns"));
    }

    private EmergencyStop New(UpdatesSwitch state, Func<Task>? save)
    {
        EmergencyStop? stop = null;
        stop = new EmergencyStop(state, _clock, save ?? Keep, () => _told++);
        return stop;

        Task Keep()
        {
            _saved = stop?.Snapshot() ?? _saved;
            return Task.CompletedTask;
        }
    }
}
