using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

/// <summary>A real sub on a file system of its own is killed, or loses its power, while it is driven from one image to the next.</summary>
[Category("faults")]
[CancelAfter(3_600_000)]
public sealed class CrashingMachineTests
{
    /// <summary>Fail points at which an update of an image comes by, a few of them in a small run: <see cref="PowerCutTests"/> has all.</summary>
    private static IEnumerable<string> Places() =>
        Counts.IsFull ? FailPoint.UpdateNames : [FailPoint.Staged, FailPoint.JournalSwapping, FailPoint.Installed, FailPoint.JournalFinished];

    [Test]
    public async Task Power_that_is_pulled_at_a_fail_point_leaves_each_file_old_or_new_and_the_machine_comes_back(CancellationToken cancellationToken)
    {
        await using var machine = await CrashingMachine.StartAsync(cancellationToken);
        var number = 0;
        foreach (var place in Places())
        {
            await machine.RestartAsync(place, cancellationToken);
            await machine.ReleaseAsync();
            var (_, done) = await machine.CrashAsync(random: null, power: true, anotherSyncs: ++number % 2 == 0, cancellationToken);
            await machine.AssertComesBackAsync(place, done, cancellationToken);
        }
    }

    [Test]
    public async Task Power_that_is_pulled_at_any_instant_leaves_each_file_old_or_new_and_the_machine_comes_back(CancellationToken cancellationToken)
    {
        await CrashAtRandomAsync(power: true, Counts.Of(5, 200), cancellationToken);
    }

    [Test]
    public async Task A_kill_at_any_instant_leaves_each_file_old_or_new_and_the_machine_comes_back(CancellationToken cancellationToken)
    {
        await CrashAtRandomAsync(power: false, Counts.Of(8, 200), cancellationToken);
    }

    [Test]
    public async Task Without_syncing_the_same_test_finds_files_that_are_neither(CancellationToken cancellationToken)
    {
        await using var machine = await CrashingMachine.StartAsync(cancellationToken);
        await machine.RestartAsync($"{FailPoint.NoSync},{FailPoint.Swapped}", cancellationToken);
        await machine.ReleaseAsync();
        await machine.CrashAsync(random: null, power: true, anotherSyncs: true, cancellationToken);

        var violations = await machine.ViolationsAsync();
        Assert.That(violations, Has.Some.StartsWith("/usr/lib/large "), string.Join('\n', violations));
        Assert.That(violations, Has.Some.StartsWith("/etc/release "), string.Join('\n', violations));
    }

    private static async Task CrashAtRandomAsync(bool power, int count, CancellationToken cancellationToken)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var machine = await CrashingMachine.StartAsync(cancellationToken);
        for (var number = 0; number < count; number++)
        {
            await machine.ReleaseAsync();
            var (instant, done) = await machine.CrashAsync(random, power, anotherSyncs: random.Next(2) == 0, cancellationToken);
            await machine.AssertComesBackAsync($"seed {seed}, number {number}, {instant}", done, cancellationToken);
        }
    }
}
