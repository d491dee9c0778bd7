using System.Reflection;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

[Category("faults")]
[CancelAfter(120_000)]
public sealed class KilledUpdateTests
{
    private const int Killed = FaultRun.Killed;

    [Test]
    public void Every_fail_point_is_one_that_these_tests_kill_at()
    {
        var constants = typeof(FailPoint).GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            .Where(static field => field.IsLiteral && field.Name is not (nameof(FailPoint.Variable) or nameof(FailPoint.NoSync)))
            .Select(static field => (string)field.GetRawConstantValue()!);
        Assert.That(constants, Is.EquivalentTo(FailPoint.Names));
    }

    [TestCaseSource(typeof(FaultRun), nameof(FaultRun.Places))]
    public async Task An_update_killed_at_any_place_leaves_each_file_old_or_new_and_ends_at_the_next_start(string place, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();

        var killed = await FaultRun.RunAsync(temp, "apply", place, cancellationToken);
        if (killed.ExitCode == 0 && place.EndsWith(":2", StringComparison.Ordinal))
        {
            // Passed only once in this scenario.
            return;
        }

        Assert.That(killed.ExitCode, Is.EqualTo(Killed), $"{killed.Output}{killed.Error}");
        await FaultRun.WithTreeAsync(scenario, FaultScenario.AssertEachIsOldOrNew);

        await FaultRun.AssertEndsAsync(temp, scenario, cancellationToken);
    }

    [Test]
    public async Task A_recovery_that_is_killed_itself_is_finished_by_the_next(
        [Values("swap.installed:2", "swap.exchanged", "swap.removed:2", "service.started")] string again, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();

        Assert.That((await FaultRun.RunAsync(temp, "apply", "swap.install:2", cancellationToken)).ExitCode, Is.EqualTo(Killed));
        Assert.That((await FaultRun.RunAsync(temp, "recover", again, cancellationToken)).ExitCode, Is.EqualTo(Killed));
        await FaultRun.WithTreeAsync(scenario, FaultScenario.AssertEachIsOldOrNew);
        (await FaultRun.RunAsync(temp, "recover", "", cancellationToken)).Expect();

        await FaultRun.WithTreeAsync(scenario, tree =>
        {
            FaultScenario.AssertAllNew(tree);
            scenario.AssertServicesRun(tree);
        });
    }

    [Test]
    public async Task What_appears_in_a_directory_in_the_instant_it_gives_way_is_kept_and_named(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();
        Assert.That((await FaultRun.RunAsync(temp, "apply", "swap.exchanged:2", cancellationToken)).ExitCode, Is.EqualTo(Killed));

        // A program that has the directory open can write into it until its last entry is gone.
        var moved = Directory.GetDirectories(temp.Combine("root", ".subd", "staging")).Single(static d => Directory.GetFileSystemEntries(d).Length > 0);
        await File.WriteAllTextAsync(Path.Combine(moved, "late"), "precious", cancellationToken);

        var recovered = (await FaultRun.RunAsync(temp, "recover", "", cancellationToken)).Expect().Output;

        Assert.That(recovered, Does.Contain("kept /lib:"));
        await FaultRun.WithTreeAsync(scenario, tree =>
        {
            var (count, paths) = new KeptDirectories(tree.Private).List(10);
            Assert.That((count, paths.Single().ToString()), Is.EqualTo((1, "/lib")));
            var late = Directory.GetFiles(tree.At("/.subd/kept"), "late", SearchOption.AllDirectories).Single();
            Assert.That(File.ReadAllText(late), Is.EqualTo("precious"));
            scenario.AssertServicesRun(tree);
        });
    }

    [Test]
    public async Task A_journal_whose_end_was_lost_is_dropped_when_nothing_was_renamed([Values(1, 9, 500)] int lost, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();
        Assert.That((await FaultRun.RunAsync(temp, "apply", "journal.swapping", cancellationToken)).ExitCode, Is.EqualTo(Killed));
        var journal = temp.Combine("root", ".subd", "journal");
        var bytes = await File.ReadAllBytesAsync(journal, cancellationToken);
        await File.WriteAllBytesAsync(journal, bytes[..^lost], cancellationToken);

        Assert.That((await FaultRun.RunAsync(temp, "recover", "", cancellationToken)).Expect().Output, Does.StartWith("dropped"));

        await FaultRun.WithTreeAsync(scenario, tree =>
        {
            Assert.That(FaultScenario.IsOld(tree), Is.True);
            scenario.AssertOnlyStoppedServicesWereStarted();
            scenario.AssertServicesRun(tree);
        });
    }

    [Test]
    public async Task What_somebody_put_in_the_way_after_the_crash_is_not_deleted(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();
        Assert.That((await FaultRun.RunAsync(temp, "apply", "swap.remove:2", cancellationToken)).ExitCode, Is.EqualTo(Killed));
        File.Move(temp.WriteFile("by-an-operator", "made after the crash"), temp.Combine("root", "gone"), overwrite: true);

        (await FaultRun.RunAsync(temp, "recover", "", cancellationToken)).Expect();

        Assert.That(await File.ReadAllTextAsync(temp.Combine("root", "gone"), cancellationToken), Is.EqualTo("made after the crash"));
        Assert.That(Directory.Exists(temp.Combine("root", "opt", "app")), Is.False, "the other steps are done");
    }

    [Test]
    public async Task What_somebody_put_in_place_of_an_old_file_after_the_crash_is_not_replaced(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();
        Assert.That((await FaultRun.RunAsync(temp, "apply", "swap.install", cancellationToken)).ExitCode, Is.EqualTo(Killed));
        File.Move(temp.WriteFile("by-an-operator", "made after the crash"), temp.Combine("root", "etc", "one"), overwrite: true);

        (await FaultRun.RunAsync(temp, "recover", "", cancellationToken)).Expect();

        Assert.That(await File.ReadAllTextAsync(temp.Combine("root", "etc", "one"), cancellationToken), Is.EqualTo("made after the crash"));
        Assert.That(await File.ReadAllTextAsync(temp.Combine("root", "etc", "two"), cancellationToken), Is.EqualTo("new two"), "the other steps are done");
    }

    [Test]
    public async Task An_ordinary_user_can_update_a_directory_and_survives_a_kill(CancellationToken cancellationToken)
    {
        const string nobody = "65534";
        using var temp = new TempDirectory();
        var scenario = new FaultScenario(temp.Path);
        scenario.Populate();
        string[] asUser = [];
        if (ProcessControl.EffectiveUser == 0)
        {
            await Tool.RunOkAsync("chown", "-R", $"{nobody}:{nobody}", temp.Path);
            asUser = ["setpriv", $"--reuid={nobody}", $"--regid={nobody}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
        }

        async Task<ToolResult> RunAsUserAsync(string verb, string? failPoint)
        {
            string[] command = [.. asUser, "dotnet", FaultRun.Program, verb, temp.Path];
            return await Tool.RunAsync(
                command[0], command[1..], environment: new Dictionary<string, string?> { [FailPoint.Variable] = failPoint }, cancellationToken: cancellationToken);
        }

        Assert.That((await RunAsUserAsync("apply", "swap.installed:4")).ExitCode, Is.EqualTo(Killed));
        Assert.That((await RunAsUserAsync("recover", null)).Expect().Output, Does.StartWith("Done"));

        await FaultRun.WithTreeAsync(scenario, tree =>
        {
            FaultScenario.AssertAllNew(tree);
            scenario.AssertServicesRun(tree);
        });
    }
}
