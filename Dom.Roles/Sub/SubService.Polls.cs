using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Roles.Sub;

/// <summary>How a master's polls are heard and answered: who holds the machine, which images it is to have, what is reported.</summary>
internal sealed partial class SubService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private async ValueTask<PollResponse> PollAsync(PollRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (request.Master.Length > PollLimits.MaxName || (request.TakeOver && string.IsNullOrWhiteSpace(request.Reason)))
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a master's name has {PollLimits.MaxName} characters at most, and taking a machine over needs a reason");
        }

        request = request with { Wait = request.Wait < TimeSpan.Zero ? TimeSpan.Zero : request.Wait > LongestWait ? LongestWait : request.Wait };
        if (request.Release)
        {
            return await ReleaseAsync(request, call);
        }

        var changes = new List<string>();
        if (masters.Hear(request.Master))
        {
            changes.Add($"the master '{request.Master}' polls, which did not within the last minute");
        }

        var hold = parts.Hold.Ask(request, call.Caller.User);
        if (hold.HeldBy is { } holder)
        {
            await masters.PaceAsync(request.Master, static () => false, parts.State.PhaseChanges, cancellationToken);
            return Refuse(request, holder);
        }

        if (hold.Change.Length > 0)
        {
            changes.Add(hold.Change);
            log.HolderChanged(hold.Change);
        }

        if (parts.Directions.Hear(request.Halt, request.Lifetime))
        {
            changes.Add(request.Halt ? "updates are stopped" : "updates go on");
        }

        parts.Speeds.Hear(request.Settings);
        await AimAsync(request, call, changes);
        var state = parts.State;
        var known = request.Epoch == state.Current.Epoch ? request.Generation : 0;
        if (request.Wait > TimeSpan.Zero)
        {
            await Task.WhenAny(state.WhenNot(known), parts.Hold.WhenNot(hold.Number), Task.Delay(request.Wait, time, cancellationToken));
        }

        await masters.PaceAsync(request.Master, () => parts.Directions.AnyRunning, state.PhaseChanges, cancellationToken);
        if (parts.Hold.WhenNot(hold.Number).IsCompleted && parts.Hold.Holder is { } next)
        {
            return Refuse(request, next);
        }

        masters.Answered(request.Master, state.PhaseChanges);
        var answer = state.Current;
        return PollLimits.Fit(answer with
        {
            Time = time.GetUtcNow(),
            FreeBytes = parts.Directory.Objects.GetFileSystemStatus().AvailableBytes,
            ScanCount = parts.Watch.Scans,
            LastScan = parts.Watch.LastScan,
            HotFiles = parts.Watch.Hot.Count,
            Hold = hold.Number,
            OtherMaster = masters.Other(request.Master),
        });
    }

    /// <summary>What a master is told that does not hold the machine: who does, and nothing else.</summary>
    private PollResponse Refuse(PollRequest request, MasterHold? holder)
    {
        var state = parts.State.Current;
        masters.Answered(request.Master, parts.State.PhaseChanges);
        return PollLimits.Fit(new PollResponse { Epoch = state.Epoch, Generation = 0, Time = time.GetUtcNow(), StartTime = state.StartTime, Version = state.Version, HeldBy = holder });
    }

    private async Task<PollResponse> ReleaseAsync(PollRequest request, RpcCall call)
    {
        if (parts.Hold.Release(request, call.Caller.User))
        {
            masters.Forget(request.Master);
            var change = $"the master '{request.Master}' lets the machine go";
            log.HolderChanged(change);
            await call.RecordChangeAsync("", change);
        }

        return Refuse(request, parts.Hold.Holder);
    }

    /// <summary>Takes the images of a poll, and writes what a poll changed to the audit log: not each poll.</summary>
    private async Task AimAsync(PollRequest request, RpcCall call, List<string> changes)
    {
        var before = convergence.RequiredImage;
        convergence.Aim(WithKnownSet(request.Required), WithKnownSet(request.Planned));
        if (before?.Manifest != request.Required?.Manifest)
        {
            changes.Add($"the required image is {Describe(request.Required)}, it was {Describe(before)}");
        }

        if (changes.Count > 0)
        {
            await call.RecordChangeAsync(request.Required?.Name ?? "", string.Join("; ", changes));
        }
    }

    /// <summary>A master that has just started does not know the computed set of this machine: what was applied with the image stays in force until it does.</summary>
    private ImageReference? WithKnownSet(ImageReference? image) =>
        image is { ComputedSet.IsNone: true } && parts.Applied.Image is { } applied && applied.Manifest == image.Manifest ? image with { ComputedSet = applied.ComputedSet } : image;

    private static string Describe(ImageReference? image) => image is null ? "none" : $"{image.Name} ({image.Manifest.ToShortString()})";
}
