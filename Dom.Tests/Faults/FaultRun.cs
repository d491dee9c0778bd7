using Dom.Roles.Sub.Update;
using Dom.Tests.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

/// <summary>Runs <see cref="FaultHost"/> on a <see cref="FaultScenario"/>, and looks at what it left.</summary>
internal static class FaultRun
{
    /// <summary>The exit code of a process that a fail point killed.</summary>
    public const int Killed = 128 + 9;

    /// <summary>The program of <see cref="FaultHost"/>.</summary>
    public static string Program { get; } = typeof(FaultRun).Assembly.Location;

    /// <summary>Every fail point, and some of those that an update passes often at a later time.</summary>
    public static IEnumerable<string> Places()
    {
        foreach (var name in FailPoint.UpdateNames.Concat(FailPoint.KeepingNames))
        {
            yield return name;
            if (Counts.IsFull)
            {
                yield return name + ":2";
            }
        }

        yield return "journal.step:9";
        yield return "swap.install:5";
        yield return "swap.installed:8";
        yield return "swap.exchanged:2";
        yield return "service.start:3";
    }

    /// <summary>Runs <c>apply</c> or <c>recover</c>, with a fail point or none.</summary>
    public static Task<ToolResult> RunAsync(TempDirectory temp, string verb, string failPoint, CancellationToken cancellationToken) => Tool.RunAsync(
        "dotnet",
        [Program, verb, temp.Path],
        environment: new Dictionary<string, string?> { [FailPoint.Variable] = failPoint.Length == 0 ? null : failPoint },
        cancellationToken: cancellationToken);

    /// <summary>Looks at the tree, and closes it.</summary>
    public static async Task WithTreeAsync(FaultScenario scenario, Action<UpdateTree> look)
    {
        await using var tree = new UpdateTree(scenario.Root);
        look(tree);
    }

    /// <summary>True when no step was done.</summary>
    public static async Task<bool> IsOldAsync(FaultScenario scenario)
    {
        await using var tree = new UpdateTree(scenario.Root);
        return FaultScenario.IsOld(tree);
    }

    /// <summary>After a crash: the next start drops or finishes the update, and services run; one that was dropped can be done again.</summary>
    public static async Task AssertEndsAsync(TempDirectory temp, FaultScenario scenario, CancellationToken cancellationToken)
    {
        (await RunAsync(temp, "recover", "", cancellationToken)).Expect();
        await WithTreeAsync(scenario, tree =>
        {
            if (FaultScenario.IsOld(tree))
            {
                scenario.AssertOnlyStoppedServicesWereStarted();
            }
            else
            {
                FaultScenario.AssertAllNew(tree);
            }

            scenario.AssertServicesRun(tree);
        });

        if (await IsOldAsync(scenario))
        {
            Assert.That((await RunAsync(temp, "apply", "", cancellationToken)).Expect().Output, Does.StartWith("Done"));
        }

        await WithTreeAsync(scenario, tree =>
        {
            FaultScenario.AssertAllNew(tree);
            scenario.AssertServicesRun(tree);
        });
    }
}
