using System.Runtime.CompilerServices;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Roles.MdbSync.Publication;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync;

/// <summary>The methods of <c>MdbServer</c>.</summary>
internal sealed class MdbEndpoints(MdbSyncService service, TimeProvider clock, ILogger log)
{
    /// <summary>How often a reader hears of the server when nothing changes.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private const int MaxWatchers = 256;

    private readonly Seats _seats = new(MaxWatchers, "readers that follow the list", MdbErrorCode.TooManyWatchers);

    /// <summary>Readers that follow the list.</summary>
    public int Watchers => _seats.Taken;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.MapServerStream(MdbServerMethods.GetMdb, (_, _, _) => GetPages());
        router.MapServerStream(MdbServerMethods.GetMdbUpdates, (_, call, cancellationToken) => WatchAsync(call.Caller, cancellationToken));
        router.Map(MdbServerMethods.GetMachine, (request, _, _) => new(GetMachine(request.Hostname)));
        router.Map(MdbServerMethods.ListImages, (_, _, _) => new(ListImages()));
        router.Map(MdbServerMethods.GetStatus, (_, _, _) => new(GetStatus()));
        router.Map(MdbServerMethods.PauseUpdates, async (request, call, cancellationToken) => await service.Pauses.PauseAsync(request, call, cancellationToken));
        router.Map(MdbServerMethods.ResumeUpdates, async (request, call, cancellationToken) => await service.Pauses.ResumeAsync(request, call, cancellationToken));
        router.Map(MdbServerMethods.AcceptShrink, (request, call, _) => AcceptAsync(request, call));
    }

    /// <summary>The state in one message.</summary>
    public MdbStatus GetStatus()
    {
        var current = service.Publisher.Feed.Current;
        return new MdbStatus
        {
            Machines = current?.List.Count ?? 0,
            Generation = current?.Generation ?? 0,
            PublishedAt = current?.At,
            Held = service.Publisher.Held,
            Problems = service.Problems(),
            Sources = [.. service.Sources.Select(static s => s.Status)],
            Refused = service.Refused(),
            Pauses = [.. service.Pauses.Table.InForce().Values.OrderBy(static p => p.Hostname, HostNameOrder.Instance)],
            Watchers = Watchers,
            StartTime = service.StartTime,
            Version = BuildVersion.Text,
        };
    }

    /// <summary>One machine and where it comes from.</summary>
    /// <exception cref="RpcException">Nobody knows it.</exception>
    public MdbMachine GetMachine(string hostname)
    {
        var machine = service.Publisher.Feed.Current?.List.Find(hostname);
        var pause = service.Pauses.Table.Find(hostname);
        var sources = service.Sources
            .Select(s => (s.Name, Machine: s.List?.Find(hostname)))
            .Where(static s => s.Machine is not null)
            .Select(static s => new MdbSourceEntry { Source = s.Name, Machine = s.Machine ?? new Machine() })
            .ToList();
        if (machine is null && sources.Count == 0)
        {
            throw new RpcException(RpcStatus.NotFound, $"no source has a machine '{hostname}'", MdbErrorCode.NoSuchMachine);
        }

        return new MdbMachine { Hostname = hostname, Machine = machine, Pause = pause, Sources = sources, Note = NoteOf(machine, pause, sources.Count) };
    }

    private string NoteOf(Machine? machine, MachinePause? pause, int sources) => machine switch
    {
        null when pause is { Remove: true } => "removed by a pause",
        null when service.Publisher.Held.Length > 0 => "not published yet: " + service.Publisher.Held,
        null => "left out by the host name filter",
        _ when pause is not null => "updates are disabled by a pause",
        _ when sources == 0 => "no source has it any more; the list in force is older: " + service.Publisher.Held,
        _ => "",
    };

    private IAsyncEnumerable<MdbPage> GetPages() =>
        MachinePages.Cut(RequireList().List.Machines).Select(static page => new MdbPage { Machines = page }).ToAsyncEnumerable();

    private MdbImages ListImages()
    {
        var images = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var machine in RequireList().List.Machines)
        {
            images.Add(machine.RequiredImage);
            images.Add(machine.PlannedImage);
        }

        images.Remove("");
        return new MdbImages { Images = [.. images] };
    }

    /// <summary>Sends the list and then, whenever the reader has taken what was sent, the difference to the newest one.</summary>
    private async IAsyncEnumerable<MdbUpdate> WatchAsync(RpcCaller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var seat = _seats.Take(caller);
        var sent = RequireList();
        foreach (var part in MdbParts.Whole(sent))
        {
            yield return part;
        }

        while (true)
        {
            await WaitAsync(sent.Generation, cancellationToken);
            var newest = service.Publisher.Feed.Current ?? sent;
            foreach (var part in MdbParts.Between(sent, newest))
            {
                yield return part;
            }

            sent = newest;
        }
    }

    private async Task WaitAsync(long generation, CancellationToken cancellationToken)
    {
        using var heartbeat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(Heartbeat, clock, heartbeat.Token);
        await Task.WhenAny(service.Publisher.Feed.AfterAsync(generation), delay);
        await heartbeat.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async ValueTask<AcceptShrinkResponse> AcceptAsync(AcceptShrinkRequest request, RpcCall call)
    {
        var reason = request.Reason.Trim();
        call.SetAudit(request.Source.Length == 0 ? "all" : request.Source, reason);
        if (reason.Length == 0)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "a reason is needed: why are the machines gone?", MdbErrorCode.NoReason);
        }

        if (reason.Length > RpcCall.MaxAuditText)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a reason may have {RpcCall.MaxAuditText} characters", MdbErrorCode.NoReason);
        }

        if (request.Source.Length > 0 && service.Sources.All(s => s.Name != request.Source))
        {
            throw new RpcException(
                RpcStatus.NotFound, $"there is no source '{request.Source}'; there are {string.Join(", ", service.Sources.Select(static s => s.Name))}", MdbErrorCode.NoSuchSource);
        }

        var accepted = await service.AcceptAsync(request.Source, request.AtMost);
        if (accepted.Count == 0)
        {
            throw new RpcException(
                RpcStatus.Conflict,
                service.Refused() is [var refused, ..]
                    ? $"{refused.Lost} machines are missing by now, more than the {request.AtMost} that were expected; look again with `dom mdb sources`"
                    : "nothing waits to be accepted",
                MdbErrorCode.NothingAccepted);
        }

        foreach (var shrink in accepted)
        {
            log.ShrinkAccepted(call.Caller.User, shrink.Lost, shrink.Of, shrink.Source.Length == 0 ? "the merged list" : shrink.Source, reason);
        }

        return new AcceptShrinkResponse { Accepted = accepted };
    }

    private PublishedList RequireList() => service.Publisher.Feed.Current
        ?? throw new RpcException(RpcStatus.Unavailable, $"there is no machine list yet: {service.Publisher.Held}", MdbErrorCode.NoList);
}
