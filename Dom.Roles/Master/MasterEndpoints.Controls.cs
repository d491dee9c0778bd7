using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;

namespace Dom.Roles.Master;

/// <summary>Controls of single machines, for those whose certificate lists the method and for the machines' owners.</summary>
internal sealed partial class MasterEndpoints
{
    private const int MaxMachines = 10_000;
    private const int MaxFastUpdates = 1_000;
    private const int AtOnce = 64;

    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(366);
    private static readonly TimeSpan LongestFastUpdate = TimeSpan.FromDays(1);
    private static readonly TimeSpan UsualFastUpdate = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private void MapControls(RpcRouter router)
    {
        router.Map(DominatorMethods.PauseSubs, PauseAsync);
        router.Map(DominatorMethods.ResumeSubs, ResumeAsync);
        router.Map(DominatorMethods.RetrySubs, RetryAsync);
        router.Map(DominatorMethods.TakeOverSubs, TakeOverAsync);
        router.MapServerStream(DominatorMethods.FastUpdate, FastUpdateAsync);
        router.Map(DominatorMethods.ForceDisruptiveUpdate, ForceDisruptiveUpdateAsync);
    }

    private async ValueTask<ControlResponse> PauseAsync(PauseRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        if (request.Duration <= TimeSpan.Zero || request.Duration > LongestPause)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a pause lasts up to {LongestPause.TotalDays:0} days, and longer than nothing");
        }

        var (machines, failed) = Choose(request.Hostnames, MaxMachines, call, DominatorMethods.PauseSubs);
        var names = Names(machines);
        try
        {
            await master.Pauses.BeginAsync(names, request.Duration, call.Caller.User, reason);
        }
        catch (IOException fault)
        {
            throw NotDurable("the machines are paused now, but a restart of the master would forget it", fault);
        }

        AddControl(names, "pause", call, reason);
        LogPaused(logger, call.Caller.User, names.Count, request.Duration, reason);
        return new ControlResponse { Done = names, Failed = failed };
    }

    private async ValueTask<ControlResponse> ResumeAsync(MachinesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        var (machines, failed) = Choose(request.Hostnames, MaxMachines, call, DominatorMethods.ResumeSubs);
        var names = Names(machines);
        try
        {
            await master.Pauses.EndAsync(names);
        }
        catch (IOException fault)
        {
            throw NotDurable("the machines stay paused", fault);
        }

        AddControl(names, "resume", call, reason);
        LogResumed(logger, call.Caller.User, names.Count, reason);
        return new ControlResponse { Done = names, Failed = failed };
    }

    private async ValueTask<ControlResponse> RetryAsync(MachinesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        var (machines, failed) = Choose(request.Hostnames, MaxMachines, call, DominatorMethods.RetrySubs);
        var response = await EachAsync(machines, failed, (machine, token) => machine.RetryAsync($"{call.Caller.User}: {reason}", token), cancellationToken, () => AddControl(Names(machines), "retry", call, reason));
        LogRetried(logger, call.Caller.User, response.Done.Count, reason);
        return response;
    }

    private async ValueTask<ControlResponse> TakeOverAsync(MachinesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        var (machines, failed) = Choose(request.Hostnames, MaxMachines, call, DominatorMethods.TakeOverSubs);
        var response = await EachAsync(machines, failed, (machine, token) => machine.TakeOverAsync($"{call.Caller.User}: {reason}", token), cancellationToken);
        AddControl([.. response.Done], "take-over", call, reason);
        LogTakenOver(logger, call.Caller.User, response.Done.Count, reason);
        return response;
    }

    /// <summary>Does something that asks machines, to many at once. Fails when it fails for all.</summary>
    private async Task<ControlResponse> EachAsync(
        IReadOnlyList<ManagedMachine> machines, IReadOnlyList<MachineFault> failed, Func<ManagedMachine, CancellationToken, Task> act, CancellationToken cancellationToken, Action? tried = null)
    {
        var faults = new ConcurrentDictionary<string, RpcException>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(machines, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (machine, token) =>
        {
            using var limit = new CancellationTokenSource(Patience, master.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
            try
            {
                await act(machine, either.Token);
            }
            catch (RpcException fault)
            {
                faults[machine.Hostname] = fault;
            }
            catch (OperationCanceledException late) when (!token.IsCancellationRequested)
            {
                faults[machine.Hostname] = new RpcException(
                    RpcStatus.DeadlineExceeded, $"no answer within {Patience.TotalSeconds:0} s", innerException: late);
            }
        });
        tried?.Invoke();
        if (faults.Count == machines.Count && failed.Count == 0)
        {
            throw new RpcException(faults.First().Value.Status, $"{faults.First().Key}: {faults.First().Value.Message}", faults.First().Value.Code);
        }

        return new ControlResponse
        {
            Done = [.. Names(machines).Where(n => !faults.ContainsKey(n))],
            Failed = [.. failed, .. faults.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Fault(f.Key, f.Value))],
        };
    }

    private async IAsyncEnumerable<FastUpdateProgress> FastUpdateAsync(
        FastUpdateRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        if (request.Timeout < TimeSpan.Zero || request.Timeout > LongestFastUpdate)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a fast update is waited for {LongestFastUpdate.TotalHours:0} h at most");
        }

        var (machines, failed) = Choose(request.Hostnames, MaxFastUpdates, call, DominatorMethods.FastUpdate);
        AddControl(Names(machines), "fast-update", call, reason);
        LogFastUpdate(logger, call.Caller.User, machines.Count, reason);
        foreach (var fault in failed)
        {
            yield return new FastUpdateProgress { Hostname = fault.Hostname, Status = fault.Code, Detail = fault.Message, IsFinal = true };
        }

        var timeout = request.Timeout == TimeSpan.Zero ? UsualFastUpdate : request.Timeout;
        await foreach (var progress in master.FastUpdates.RunAsync(machines, timeout, cancellationToken))
        {
            yield return progress;
        }
    }

    private ValueTask<ControlResponse> ForceDisruptiveUpdateAsync(MachinesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, Target(request.Hostnames));
        var (machines, failed) = Choose(request.Hostnames, MaxMachines, call, DominatorMethods.ForceDisruptiveUpdate);
        var done = new List<string>();
        var faults = new List<MachineFault>(failed);
        RpcException? first = null;
        foreach (var machine in machines)
        {
            try
            {
                machine.ForceDisruption();
                done.Add(machine.Hostname);
            }
            catch (RpcException fault)
            {
                first ??= fault;
                faults.Add(Fault(machine.Hostname, fault));
            }
        }

        if (done.Count == 0 && first is not null)
        {
            throw first;
        }

        AddControl(done, "force-disruptive-update", call, reason);
        LogForced(logger, call.Caller.User, done.Count, reason);
        return ValueTask.FromResult(new ControlResponse { Done = done, Failed = faults });
    }

    /// <summary>The machines of these names that the caller may control, and the others with the reason. Fails when there is none.</summary>
    private (IReadOnlyList<ManagedMachine> Machines, IReadOnlyList<MachineFault> Failed) Choose(
        IReadOnlyList<string> hostnames, int limit, RpcCall call, RpcMethod method)
    {
        if (hostnames.Count == 0 || hostnames.Count > limit)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"name 1 to {limit} machines");
        }

        var machines = new List<ManagedMachine>(hostnames.Count);
        var failed = new List<MachineFault>();
        RpcException? first = null;
        foreach (var hostname in hostnames.Distinct(StringComparer.Ordinal))
        {
            try
            {
                var machine = Require(hostname);
                RequireOwner(machine, call, method);
                machines.Add(machine);
            }
            catch (RpcException fault)
            {
                first ??= fault;
                failed.Add(Fault(hostname, fault));
            }
        }

        return machines.Count == 0 && first is not null ? throw first : (machines, failed);
    }

    private void AddControl(List<string> hostnames, string control, RpcCall call, string reason)
    {
        foreach (var hostname in hostnames)
        {
            master.History.AddControl(hostname, control, call.Caller.User, reason);
        }
    }

    private static MachineFault Fault(string hostname, RpcException fault) => new() { Hostname = hostname, Code = fault.Code, Message = fault.Message };

    private static List<string> Names(IReadOnlyList<ManagedMachine> machines) => [.. machines.Select(m => m.Hostname)];

    private static string Target(IReadOnlyList<string> hostnames) => hostnames switch
    {
        { Count: <= 20 } => string.Join(' ', hostnames),
        _ => $"{string.Join(' ', hostnames.Take(20))} and {hostnames.Count - 20} more",
    };
}
