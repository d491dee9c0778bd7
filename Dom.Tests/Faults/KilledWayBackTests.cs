using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

/// <summary>A way back that is killed at any place ends, after a restart, with the machine as it was before the update.</summary>
[Category("faults")]
[CancelAfter(180_000)]
public sealed class KilledWayBackTests
{
    private const int Killed = 128 + 9;

    /// <summary>The names the way back has of its own, and those of the update it is: the first time is that of the update before.</summary>
    private static IEnumerable<string> Places() =>
    [
        .. FailPoint.KeepingNames, .. FailPoint.WayBackNames,
        "swap.installed:3", "services.recorded:3", "journal.created:2", "prepare.synced:2", "journal.swap:2", "journal.swapping:2", "swap.swapped:2", "journal.done:2", "journal.finished:2",
        .. Counts.IsFull ? ["previous.moved:3", "previous.linked:3", "swap.install:9", "swap.installed:8", "swap.exchanged:3", "service.stopped:2", "service.started:2", "journal.removed:2", "journal.step:20"] : Array.Empty<string>(),
    ];

    [TestCaseSource(nameof(Places))]
    public async Task It_ends_with_everything_as_it_was(string place, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        WayBackScenario.Populate(temp.Path);
        var before = await WayBackScenario.DigestAsync(temp.Path, cancellationToken);

        var killed = await RunAsync(temp, place, cancellationToken);
        Assert.That(killed.ExitCode, Is.EqualTo(Killed), $"{killed.Output}{killed.Error}");
        var ended = (await RunAsync(temp, null, cancellationToken)).Expect();

        Assert.That(ended.Output, Does.StartWith("RolledBack test/1 ").And.Contain("not well"), ended.Error);
        Assert.That(await WayBackScenario.DigestAsync(temp.Path, cancellationToken), Is.EqualTo(before));
        var left = Directory.GetFileSystemEntries(temp.Combine("root", ".subd")).Select(Path.GetFileName);
        Assert.That(left, Does.Not.Contain("journal").And.Not.Contain("previous").And.Not.Contain("previous-image").And.Not.Contain("services").And.Not.Contain("kept"));
    }

    private static Task<ToolResult> RunAsync(TempDirectory temp, string? failPoint, CancellationToken cancellationToken) => Tool.RunAsync(
        "dotnet",
        [typeof(KilledWayBackTests).Assembly.Location, "way-back", temp.Path],
        environment: new Dictionary<string, string?> { [FailPoint.Variable] = failPoint },
        cancellationToken: cancellationToken);
}
