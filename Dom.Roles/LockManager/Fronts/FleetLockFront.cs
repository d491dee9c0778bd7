using System.Net;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.LockManager.Groups;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Fronts;

/// <summary>
/// FleetLock v1 and upstream's disruption requests, for clients without certificates. An id belongs to the address that asked first, for as long as it holds a
/// slot or waits for one. Limits are those of the groups, whatever a request says.
/// </summary>
internal sealed class FleetLockFront(LockManagerService service, LockManagerOptions options, ILogger log)
{
    private const string PreReboot = "/v1/pre-reboot";
    private const string SteadyState = "/v1/steady-state";
    private const string Disruption = "/api/v1/request";

    /// <summary>Answers one request; never throws for what a client sends.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The decoded path.</param>
    /// <param name="protocol">The value of the header <c>fleet-lock-protocol</c>; null without one.</param>
    /// <param name="body">The body; null when it is larger than <see cref="FrontRequest.MaxBytes"/>.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="cancellationToken">Cancelled when the client is gone.</param>
    public async Task<FrontAnswer> AnswerAsync(string method, string path, string? protocol, ReadOnlyMemory<byte>? body, IPAddress source, CancellationToken cancellationToken)
    {
        if (source.IsIPv4MappedToIPv6)
        {
            source = source.MapToIPv4();
        }

        if (!options.AllowFrom.Any(network => network.Contains(source)) || !path.StartsWith(options.FleetLockPrefix, StringComparison.Ordinal))
        {
            return NotFound;
        }

        var place = path[options.FleetLockPrefix.Length..];
        if (place is not (PreReboot or SteadyState or Disruption))
        {
            return NotFound;
        }

        if (method != "POST")
        {
            return new FrontAnswer(405, "method_not_allowed", $"{method} is not allowed here, only POST");
        }

        if (place != Disruption && protocol != "true")
        {
            return new FrontAnswer(400, "missing_header", "wrong or missing 'fleet-lock-protocol' header: it must be 'true'");
        }

        if (body is not { } content)
        {
            return new FrontAnswer(413, "too_large", $"the body has more than {FrontRequest.MaxBytes} bytes") { Closes = true };
        }

        try
        {
            return place == Disruption
                ? await DisruptAsync(content, source, cancellationToken)
                : await FleetLockAsync(place == PreReboot, content, source, cancellationToken);
        }
        catch (FormatException fault)
        {
            return FrontAnswer.Bad(fault.Message);
        }
        catch (RpcException fault)
        {
            return From(fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.FrontFailed(fault);
            return new FrontAnswer(503, "store_unavailable", "the lock-manager failed; its log says more");
        }
    }

    private static FrontAnswer NotFound => new(404, "not_found", "there is nothing here");

    private static string UserOf(IPAddress source) => $"fleetlock@{source}";

    private async Task<FrontAnswer> FleetLockAsync(bool isLock, ReadOnlyMemory<byte> body, IPAddress source, CancellationToken cancellationToken)
    {
        var (id, name) = FrontRequest.ReadClient(body);
        if ((LockName.FindIdFault(id) ?? LockName.FindGroupFault(name)) is { } fault)
        {
            return FrontAnswer.Bad(fault);
        }

        if (service.FindOrNull(name) is not { } group)
        {
            return new FrontAnswer(400, LockErrorCode.UnknownGroup, $"there is no group '{name}'");
        }

        if (isLock)
        {
            await group.LockAsync(new LockAsk(id, UserOf(source), source.ToString(), "reboot (FleetLock)"), TimeSpan.Zero, cancellationToken);
        }
        else
        {
            await group.UnlockAsync(id, UserOf(source), source.ToString(), "", strict: false);
        }

        return FrontAnswer.Ok;
    }

    private async Task<FrontAnswer> DisruptAsync(ReadOnlyMemory<byte> body, IPAddress source, CancellationToken cancellationToken)
    {
        var (hostname, request) = FrontRequest.ReadDisruption(body);
        if (request is not ("request" or "check" or "cancel"))
        {
            return FrontAnswer.Bad($"'{request}' is no request: request, check or cancel");
        }

        if (LockName.FindIdFault(hostname) is { } fault)
        {
            return FrontAnswer.Bad(fault);
        }

        if (service.GroupOfMachine(hostname) is not { } group)
        {
            return new FrontAnswer(404, "not_found", $"the machine list (MachineList=) has no machine '{hostname}', so it has no group");
        }

        if (request == "cancel")
        {
            await group.UnlockAsync(hostname, UserOf(source), source.ToString(), "", strict: false);
            return new FrontAnswer(200, "", """{"Response":"denied"}""");
        }

        if (request == "check")
        {
            var status = group.Describe();
            return Response(status.Holders.Any(h => h.Id == hostname) ? "permitted" : status.Waiting.Any(w => w.Id == hostname) ? "requested" : "denied");
        }

        try
        {
            await group.LockAsync(new LockAsk(hostname, UserOf(source), source.ToString(), "disruption"), TimeSpan.Zero, cancellationToken);
            return Response("permitted");
        }
        catch (RpcException refusal) when (refusal.Status == RpcStatus.Conflict && refusal.Code != LockErrorCode.HeldByOther)
        {
            return Response("requested");
        }
    }

    private static FrontAnswer Response(string word) => new(200, "", $$"""{"Response":"{{word}}"}""");

    private static FrontAnswer From(RpcException fault) => fault.Code switch
    {
        LockErrorCode.LockHeld or LockErrorCode.WindowClosed or LockErrorCode.Frozen => new FrontAnswer(423, fault.Code, fault.Message),
        LockErrorCode.Pause => new FrontAnswer(423, LockErrorCode.LockHeld, fault.Message),
        LockErrorCode.HeldByOther => new FrontAnswer(409, LockErrorCode.LockHeld, fault.Message),
        _ => new FrontAnswer(503, LockErrorCode.StoreUnavailable, fault.Message),
    };
}
