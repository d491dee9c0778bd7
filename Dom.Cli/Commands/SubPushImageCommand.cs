using System.Buffers.Binary;
using System.CommandLine;
using System.Security.Cryptography;
using Dom.Cli.Completion;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>
/// <c>dom sub push-image</c>: brings a machine that no master holds to an image. For as long as that takes it is the machine's master, with all that the sub itself
/// insists on: the hold, the safety rule, the plan as the sub made it. A machine that a master holds is left to that master.
/// </summary>
internal static class SubPushImageCommand
{
    private const int MaxUpdates = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var image = new Argument<string>("image") { Description = "The image.", HelpName = "IMAGE" }.CompletesWith(NameKind.Image);
        return new Verb("push-image", "Brings a machine to an image that no master holds, such as one that is being set up; one that a master holds is refused. Needs Subd.Poll, Subd.Fetch and Subd.Update.")
            {
                host, image,
            }
            .Prints(SubJson.Default.SubWaitDocument)
            .WithExample("dom sub plan web7.example.com web/102", "what it would do, if the machine has the image's tree already")
            .WithExample("dom sub push-image web7.example.com web/102", "before web7 is in the machine list")
            .Runs((run, cancellationToken) => PushAsync(run, run.Value(host), ImageCommand.ParseName(run.Value(image)).ToString(), cancellationToken), Limit);
    }

    private static async Task<int> PushAsync(CommandRun run, string host, string name, CancellationToken cancellationToken)
    {
        var started = run.Time.GetTimestamp();
        var manifest = (await run.ConnectToImageServer().CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name }, cancellationToken)).Info.Manifest;
        var sub = SubCommand.Connect(run, host);
        RequireNoMaster(host, name, await SubCommand.GetStateAsync(sub, cancellationToken));
        var poll = new PollRequest
        {
            Master = $"dom sub push-image on {Environment.MachineName}",
            Instance = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11,
            Required = new ImageReference { Name = name, Manifest = manifest },
            Lifetime = Lifetime,
        };
        try
        {
            await DirectAsync(run, host, sub, poll, cancellationToken);
        }
        finally
        {
            await ReleaseAsync(run, sub, poll);
        }

        run.Output.Document(new SubWaitDocument(host, name, manifest, Math.Round(run.Time.GetElapsedTime(started).TotalSeconds, 3)), SubJson.Default.SubWaitDocument);
        run.Output.Line($"{host} is as {name} says");
        return ExitCode.Done;
    }

    private static void RequireNoMaster(string host, string image, SubState state)
    {
        if (state.Holder is { } holder)
        {
            throw new CommandException(
                ExitCode.Refused,
                "HeldByOther",
                $"{host} is held by the master '{holder.Master}', which requires {state.Required?.Name ?? "no image"}",
                $"require {image} in the machine list, then `dom ctl fast-update` brings it there at once");
        }

        if (state.Halted)
        {
            throw new CommandException(ExitCode.Refused, "Halted", $"the last master of {host} said that updates are stopped", "`dom ctl enable-updates`, or `dom ctl resume`, of that master takes it back");
        }
    }

    private static async Task DirectAsync(CommandRun run, string host, RpcChannel sub, PollRequest poll, CancellationToken cancellationToken)
    {
        var updates = 0;
        var said = "";
        for (PollResponse? state = null; ;)
        {
            state = await sub.CallAsync(
                SubdMethods.Poll,
                poll with { Epoch = state?.Epoch ?? 0, Generation = state?.Generation ?? 0, Wait = state is null ? TimeSpan.Zero : Wait },
                cancellationToken);
            if (PollLimits.Breach(state) is { } breach)
            {
                throw new CommandException(ExitCode.Failed, "Unfit", $"the answer of {host} cannot be trusted: {breach}");
            }

            if (state.HeldBy is { } holder)
            {
                throw new CommandException(ExitCode.Refused, "HeldByOther", $"the master '{holder.Master}' holds {host} now", "that master brings it to the image it requires");
            }

            if (state.Phase != SubPhase.Idle || state.RequiredManifest != poll.Required?.Manifest)
            {
                continue;
            }

            switch (state)
            {
                case { Reboot: RebootState.Rebooting }:
                    Say("it has the image, and reboots for it now");
                    return;
                case { Reboot: RebootState.Due }:
                    Say($"the reboot waits: {state.RebootReason}");
                    break;
                case { Disruption: DisruptionState.Requested or DisruptionState.Denied or DisruptionState.Failed, Plan.HighImpact: true }:
                    Say($"the update is of high impact, and the disruption is {PollWords.Describe(state.Disruption, state.DisruptionReason)}");
                    break;
                case { RequiredReadiness: ImageReadiness.Ready, Plan.IsCompliant: true }:
                    return;
                case { LastFetchError.Length: > 0, RequiredReadiness: ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects or ImageReadiness.Unusable } when updates > 0 || said.Length > 0:
                    throw new CommandException(ExitCode.Failed, "FetchFailed", $"{host} cannot fetch the image: {state.LastFetchError}", $"it reads from {run.Client.ImageServer}, as --imageserver names it");
                case { RequiredReadiness: ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects }:
                    Say("fetching");
                    await sub.CallAsync(
                        SubdMethods.Fetch,
                        new FetchRequest { Hold = state.Hold, Manifest = state.RequiredManifest, Servers = [run.Client.ImageServer.ToString()], Lifetime = Lifetime, Scope = FetchScope.Everything },
                        cancellationToken);
                    break;
                case { RequiredReadiness: ImageReadiness.Ready, Plan: { Id.IsNone: false } plan }:
                    if (++updates > MaxUpdates)
                    {
                        throw new CommandException(ExitCode.Failed, "DoesNotSettle", $"{host} is not as the image says after {MaxUpdates} updates{(state.LastUpdateError.Length > 0 ? $": {state.LastUpdateError}" : "")}", $"`dom sub plan {host}` lists what is left");
                    }

                    Say(PlanOutput.Describe(host, plan));
                    try
                    {
                        await sub.CallAsync(SubdMethods.Update, Order(state, plan), cancellationToken);
                    }
                    catch (RpcException fault) when (fault.Code.StartsWith("Disruption", StringComparison.Ordinal))
                    {
                        // The machine asks now, and its next answers say how that stands.
                        updates--;
                    }

                    break;
                case { RequiredReadiness: ImageReadiness.Comparing }:
                    break;
                default:
                    throw new CommandException(ExitCode.Refused, "NotReady", $"{host} cannot have this image now: {state.RequiredReadiness}", $"`dom sub poll {host}` says more");
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

    /// <summary>What the sub refuses by its safety rule is refused: there is no override here.</summary>
    private static UpdateRequest Order(PollResponse state, PlanSummary plan) => new()
    {
        Hold = state.Hold,
        PlanId = plan.Id,
        Manifest = plan.Manifest,
        Epoch = state.Epoch,
        Creations = plan.Creations,
        Changes = plan.Changes,
        Deletions = plan.Deletions,
        MachineInodes = plan.MachineInodes,
        Lifetime = Lifetime,
    };

    private static async Task ReleaseAsync(CommandRun run, RpcChannel sub, PollRequest poll)
    {
        using var limit = new CancellationTokenSource(Wait, run.Time);
        try
        {
            await sub.CallAsync(SubdMethods.Poll, poll with { Release = true }, limit.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            run.Output.Note($"the machine is held for a minute more, since it could not be let go: {e.Message}");
        }
    }
}
