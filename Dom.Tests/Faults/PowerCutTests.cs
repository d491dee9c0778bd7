using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

/// <summary>The power is pulled in the middle of an update: what was not synced is lost, in two ways.</summary>
[Category("faults")]
[CancelAfter(120_000)]
public sealed class PowerCutTests
{
    private static IEnumerable<TestCaseData> Cuts() =>
        from place in FaultRun.Places().Select(static (name, number) => (Name: name, Number: number))
        from another in new[] { false, true }
        where Counts.IsFull || place.Number % 2 == (another ? 0 : 1)
        select new TestCaseData(place.Name, another);

    [TestCaseSource(nameof(Cuts))]
    public async Task Power_that_is_pulled_at_any_place_leaves_each_file_old_or_new_and_the_update_ends_after_the_boot(
        string place, bool anotherSyncs, CancellationToken cancellationToken)
    {
        using var machine = new Machine();
        var killed = await FaultRun.RunAsync(machine.Temp, "apply", place, cancellationToken);
        if (killed.ExitCode == 0 && place.EndsWith(":2", StringComparison.Ordinal))
        {
            // Passed only once in this scenario.
            return;
        }

        Assert.That(killed.ExitCode, Is.EqualTo(FaultRun.Killed), $"{killed.Output}{killed.Error}");
        machine.PullPower(anotherSyncs);

        await FaultRun.WithTreeAsync(machine.Scenario, FaultScenario.AssertEachIsOldOrNew);
        await FaultRun.AssertEndsAsync(machine.Temp, machine.Scenario, cancellationToken);
    }

    [Test]
    public async Task An_update_that_has_ended_is_not_undone([Values] bool anotherSyncs, CancellationToken cancellationToken)
    {
        using var machine = new Machine();
        Assert.That((await FaultRun.RunAsync(machine.Temp, "apply", "", cancellationToken)).Expect().Output, Does.StartWith("Done"));
        machine.PullPower(anotherSyncs);

        // What was replaced may still wait in .subd for its removal.
        Assert.That((await FaultRun.RunAsync(machine.Temp, "recover", "", cancellationToken)).Expect().Output, Does.StartWith("dropped"));
        await FaultRun.WithTreeAsync(machine.Scenario, tree =>
        {
            FaultScenario.AssertAllNew(tree);
            machine.Scenario.AssertServicesRun(tree);
        });
    }

    [Test]
    public async Task A_recovery_during_which_the_power_fails_again_is_finished_by_the_next(
        [Values("swap.installed:2", "swap.exchanged", "service.started", "journal.finished")] string again, CancellationToken cancellationToken)
    {
        using var machine = new Machine();
        Assert.That((await FaultRun.RunAsync(machine.Temp, "apply", "swap.install:2", cancellationToken)).ExitCode, Is.EqualTo(FaultRun.Killed));
        machine.PullPower(anotherSyncs: true);
        Assert.That((await FaultRun.RunAsync(machine.Temp, "recover", again, cancellationToken)).ExitCode, Is.EqualTo(FaultRun.Killed));
        machine.PullPower(anotherSyncs: true);

        await FaultRun.WithTreeAsync(machine.Scenario, FaultScenario.AssertEachIsOldOrNew);
        await FaultRun.AssertEndsAsync(machine.Temp, machine.Scenario, cancellationToken);
    }

    [Test]
    public async Task Without_syncing_the_same_test_fails(CancellationToken cancellationToken)
    {
        var violations = new List<string>();
        foreach (var place in new[] { "swap.installed:3", "swap.swapped", "journal.removed" })
        {
            using var machine = new Machine();
            Assert.That(
                (await FaultRun.RunAsync(machine.Temp, "apply", $"{FailPoint.NoSync},{place}", cancellationToken)).ExitCode, Is.EqualTo(FaultRun.Killed));
            machine.PullPower(anotherSyncs: true);
            await FaultRun.WithTreeAsync(machine.Scenario, tree => violations.AddRange(FaultScenario.Violations(tree).Select(v => $"{place}: {v}")));
        }

        Assert.That(violations, Has.Some.Contains("/etc/one: file 755 ").And.Some.Contains("/dir/new"), string.Join('\n', violations));
    }

    /// <summary>The scenario on a file system of its own; what services are told is written down elsewhere, as they are not what loses power here.</summary>
    private sealed class Machine : IDisposable
    {
        private readonly LoopFileSystem _disk;

        public Machine()
        {
            Scenario = new FaultScenario(Temp.Path);
            _disk = LoopFileSystem.Mount(Temp.CreateDirectory("root"), megabytes: 48);
            Scenario.Populate();
            Directory.CreateDirectory(Temp.Combine("root", ".subd"));
            _disk.Sync();
        }

        public TempDirectory Temp { get; } = new();

        public FaultScenario Scenario { get; }

        public void PullPower(bool anotherSyncs)
        {
            if (anotherSyncs)
            {
                _disk.SyncByAnother();
            }

            _disk.PullPower();
            _disk.ComeBack();
        }

        public void Dispose()
        {
            _disk.Dispose();
            Temp.Dispose();
        }
    }
}
