using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;

namespace Dom.Roles.Sub.Tools;

/// <summary>What people ask and set of one machine (<c>dom sub</c>), beside the master: none of it takes the hold, names an image or renews a direction.</summary>
internal sealed class ToolService(SubParts parts, SubOptions options, Convergence convergence, StoreCleaner cleaner, TimeProvider time)
{
    private const int MaxWaiting = 64;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly Seats _seats = new(MaxWaiting, "callers that wait for changes of this machine", "Busy");

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(SubdMethods.GetState, GetStateAsync);
        router.Map(SubdMethods.GetConfiguration, (_, _, _) => new(DescribeConfiguration()));
        router.Map(SubdMethods.SetSpeeds, (request, call, _) => new(SetSpeeds(request, call)));
        router.Map(SubdMethods.Cleanup, CleanUpAsync);
        router.MapServerStream(SubdMethods.ListFiles, new FileListing(parts).ReadAsync);
    }

    private async ValueTask<SubState> GetStateAsync(GetStateRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var state = parts.State;
        var wait = request.Wait > LongestWait ? LongestWait : request.Wait;
        if (wait > TimeSpan.Zero && request.Epoch == state.Current.Epoch)
        {
            using var seat = _seats.Take(call.Caller);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(state.WhenNot(request.Generation), Task.Delay(wait, time, over.Token));
            await over.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new SubState
        {
            Reported = PollLimits.Fit(state.Current with
            {
                Time = time.GetUtcNow(),
                FreeBytes = parts.Directory.Objects.GetFileSystemStatus().AvailableBytes,
                ScanCount = parts.Watch.Scans,
                LastScan = parts.Watch.LastScan,
                HotFiles = parts.Watch.Hot.Count,
            }),
            Holder = parts.Hold.Holder,
            Required = convergence.RequiredImage,
            Planned = convergence.PlannedImage,
            IsCompliant = convergence.IsCompliant,
            Halted = parts.Directions.Halted,
            UnderPressure = parts.Watch.IsUnderPressure,
            Unread = parts.Watch.Current?.Tree.Counts.Unread ?? 0,
        };
    }

    private SubConfiguration DescribeConfiguration() => new()
    {
        Root = options.Root,
        ScanExclusions = [.. options.ScanExclusions.Take(SubConfiguration.MaxExclusions)],
        ScanSpeedPercent = parts.Watch.ScrubPercent,
        ScanBytesPerSecond = parts.Watch.ScrubBytesPerSecond,
        ConfiguredScanSpeedPercent = options.ScanSpeedPercent,
        NetworkSpeedPercent = parts.Network.Percent,
        ConfiguredNetworkSpeedPercent = options.NetworkSpeedPercent,
        MasterSettings = parts.Speeds.Master,
        Override = parts.Speeds.Override,
        ScrubCpuPercent = options.ScrubCpuPercent,
        ScrubPeriod = options.ScrubPeriod,
        SweepInterval = options.SweepInterval,
        MinSweepInterval = options.MinSweepInterval,
        Notice = options.Notice.ToString(),
        ManagesServices = options.ManagesServices,
        OwnService = options.OwnService,
    };

    private SubConfiguration SetSpeeds(SetSpeedsRequest request, RpcCall call)
    {
        var lifetime = request.Lifetime == TimeSpan.Zero ? SetSpeedsRequest.DefaultLifetime : request.Lifetime;
        call.SetAudit(request.Mode == SpeedMode.Percent ? FormattableString.Invariant($"scan {request.ScanSpeedPercent} %, network {request.NetworkSpeedPercent} %") : request.Mode.ToString(), request.Reason);
        if (FaultOf(request, lifetime) is { } fault)
        {
            throw new RpcException(RpcStatus.InvalidArgument, fault, "BadSpeeds");
        }

        if (request.Mode == SpeedMode.Reset)
        {
            parts.Speeds.Reset();
            return DescribeConfiguration();
        }

        parts.Speeds.Set(
            new SpeedOverride
            {
                Mode = request.Mode,
                ScanSpeedPercent = request.Mode == SpeedMode.Percent ? request.ScanSpeedPercent : 0,
                NetworkSpeedPercent = request.Mode == SpeedMode.Percent ? request.NetworkSpeedPercent : 0,
                User = call.Caller.User,
                Reason = request.Reason,
            },
            lifetime);
        return DescribeConfiguration();
    }

    private static string? FaultOf(SetSpeedsRequest request, TimeSpan lifetime) =>
        !Enum.IsDefined(request.Mode) ? $"there is no way {(int)request.Mode} to set speeds; this sub may be older than the command"
        : lifetime <= TimeSpan.Zero || lifetime > SetSpeedsRequest.LongestLifetime ? $"speeds of one machine last {SetSpeedsRequest.LongestLifetime.TotalDays:0} days at most; what is to stay belongs into [Sub] of its configuration"
        : request.Reason.Length > SetSpeedsRequest.MaxReason ? $"a reason has {SetSpeedsRequest.MaxReason} characters at most"
        : request.Mode != SpeedMode.Percent ? null
        : !IsShare(request.ScanSpeedPercent) || !IsShare(request.NetworkSpeedPercent) ? "a speed is a percentage above 0, 100 at most"
        : request is { ScanSpeedPercent: 0, NetworkSpeedPercent: 0 } ? "no speed is named"
        : null;

    private static bool IsShare(double percent) => percent is >= 0 and <= 100;

    private async ValueTask<CleanupResponse> CleanUpAsync(CleanupRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(request.DryRun ? "only counted" : "", request.Reason);
        var cleaned = await Task.Run(() => cleaner.Clean(request.DryRun), cancellationToken);
        return new CleanupResponse
        {
            Objects = cleaned.Objects,
            Blocks = cleaned.Blocks,
            FreeBytes = parts.Directory.Objects.GetFileSystemStatus().AvailableBytes,
        };
    }
}
