using Dom.Roles.Sub.Update;
using Dom.Tests.Roles.Sub.Update;

namespace Dom.Tests.Faults;

/// <summary>The process that fault tests kill: <c>dotnet Dom.Tests.dll recover|apply|way-back DIRECTORY</c>. The test framework does not use it.</summary>
internal static class FaultHost
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["way-back", var machine])
        {
            return await WayBackScenario.RunAsync(machine);
        }

        if (args is not [var verb and ("recover" or "apply"), var directory])
        {
            await Console.Error.WriteLineAsync("usage: recover|apply|way-back DIRECTORY");
            return 64;
        }

        var scenario = new FaultScenario(directory);
        await using var tree = new UpdateTree(scenario.Root);
        var runner = new ServiceRunner(new ServiceRunnerOptions { Command = scenario.ServiceCommand }, TimeProvider.System);
        var engine = tree.Engine(runner);
        var outcome = await engine.RecoverAsync();
        if (verb == "apply" && outcome is null)
        {
            scenario.AddSteps(tree);
            outcome = await engine.ApplyAsync(tree.Order(FaultScenario.Services) with { Previous = FaultScenario.Previous }, CancellationToken.None);
        }

        foreach (var kept in outcome?.Kept ?? [])
        {
            await Console.Out.WriteLineAsync($"kept {kept.Path}: {kept.Reason}");
        }

        await engine.DisposeAsync();
        await Console.Out.WriteLineAsync(outcome is null ? "dropped" : $"{outcome.Code} {outcome.Message}");
        return 0;
    }
}
