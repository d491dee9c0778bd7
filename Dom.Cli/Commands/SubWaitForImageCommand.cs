using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub wait-for-image</c>: until a machine has an image.</summary>
internal static class SubWaitForImageCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var name = new Argument<string>("image") { Description = "The image.", HelpName = "IMAGE" }.CompletesWith(NameKind.Image);
        return new Verb("wait-for-image", $"Waits until a machine has an image applied and its services up; returns {ExitCode.Unreachable} when it has not within --timeout (1h unless given).")
            {
                host, name,
            }
            .Prints(SubJson.Default.SubWaitDocument)
            .WithExample("dom sub wait-for-image web7.example.com web/102 --timeout 10min", "in a script, after the machine list was changed")
            .Runs((run, cancellationToken) => WaitAsync(run, run.Value(host), ImageCommand.ParseName(run.Value(name)).ToString(), cancellationToken), Limit);
    }

    private static async Task<int> WaitAsync(CommandRun run, string host, string image, CancellationToken cancellationToken)
    {
        var started = run.Time.GetTimestamp();
        var sub = SubCommand.Connect(run, host);
        var said = "";
        for (SubState? state = null; ;)
        {
            try
            {
                state = state is null ? await SubCommand.GetStateAsync(sub, cancellationToken) : await SubCommand.GetNextStateAsync(sub, state, cancellationToken);
                if (Has(state, image))
                {
                    var seconds = Math.Round(run.Time.GetElapsedTime(started).TotalSeconds, 3);
                    run.Output.Document(new SubWaitDocument(host, image, state.Reported.AppliedManifest, seconds), SubJson.Default.SubWaitDocument);
                    run.Output.Line($"{host} has {image}");
                    return ExitCode.Done;
                }

                Say(Describe(host, state));
            }
            catch (RpcException e) when (e.Retryable)
            {
                // A machine that restarts is waited for, too.
                state = null;
                Say(e.Message);
                await Task.Delay(Pause, run.Time, cancellationToken);
            }
        }

        void Say(string text)
        {
            if (text != said)
            {
                run.Output.Note(said = text);
            }
        }
    }

    /// <summary>What was applied once may have been changed since: while the same image is required, the machine must be equal to it as well.</summary>
    private static bool Has(SubState state, string image) =>
        state.Reported is { ServicesDown: false, BegunManifest.IsNone: true } reported && reported.AppliedImage == image
        && (state.IsCompliant || state.Required?.Manifest != reported.AppliedManifest);

    private static string Describe(string host, SubState state) =>
        $"{host}: {(state.Reported.AppliedManifest.IsNone ? "no image" : state.Reported.AppliedImage)} is applied, {state.Required?.Name ?? "none"} required; {state.Reported.Phase}"
        + (state.Reported.Plan is { IsCompliant: false } plan ? $", {Amounts.Count(plan.Steps, "step", "steps")} to do" : "");
}
