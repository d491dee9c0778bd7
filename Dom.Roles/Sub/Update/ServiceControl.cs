using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Stops services before a swap and sees to it that every one of them runs again.</summary>
internal sealed class ServiceControl(DirectoryHandle privateDirectory, IServiceRunner runner)
{
    private readonly ServiceLedger _ledger = new(privateDirectory);
    private List<string> _failed = [];
    private List<string> _failedOfUpdate = [];
    private List<ServiceLog> _logs = [];
    private HashSet<(ServiceVerb, string)>? _ofUpdate;

    /// <summary>True while a service that was stopped is not started again.</summary>
    public bool AnyDown => _ledger.Pending.Any(action => action.Verb == ServiceVerb.Start);

    /// <summary>True when the swap is followed by a reboot that is not noted elsewhere yet.</summary>
    public bool RebootDue => _ledger.Pending.Any(static action => action.Verb == ServiceVerb.Reboot);

    /// <summary>What services wrote whose last action failed.</summary>
    public IReadOnlyList<ServiceLog> Logs => _logs;

    /// <summary>Services whose last action failed.</summary>
    public IReadOnlyList<string> Failed => _failed;

    /// <summary>Those of them that the last update was to stop, start or reload; all of them in a process that has carried out none.</summary>
    public IReadOnlyList<string> FailedOfUpdate => _failedOfUpdate;

    /// <summary>Stops services in order. That they are to be started again is durable before the first is stopped.</summary>
    /// <exception cref="UpdateAbortedException">One did not stop.</exception>
    public async Task StopAsync(IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        (_failed, _failedOfUpdate, _logs) = ([], [], []);
        _ofUpdate = [.. services.Select(static service => (ServiceVerb.Start, service))];
        if (services.Count > 0)
        {
            Add(services.Select(service => new ServiceAction(ServiceVerb.Start, service)));
        }

        foreach (var service in services)
        {
            FailPoint.Pass(FailPoint.ServiceStop);
            var error = await runner.RunAsync(ServiceVerb.Stop, service, cancellationToken);
            FailPoint.Pass(FailPoint.ServiceStopped);
            if (error is not null)
            {
                throw new UpdateAbortedException(UpdateCode.StopFailed, error);
            }
        }
    }

    /// <summary>Adds what follows the swap to what is to be done; durable when this returns. What was stopped is to be started with or without the swap.</summary>
    public void Plan(IReadOnlyList<ServiceAction> after)
    {
        _ofUpdate?.UnionWith(after.Select(static action => (action.Verb, action.Service)));
        if (after.Count > 0)
        {
            Add(after.Select(action => action with { AfterSwap = !_ledger.Pending.Any(old => IsSame(old, action) && !old.AfterSwap) }));
        }
    }

    /// <summary>The swap that was planned for does not take place: what was stopped is left to be started, as what it was, and nothing else.</summary>
    public void Withdraw()
    {
        if (_ledger.Pending.Any(static action => action.AfterSwap || action.IsRetired))
        {
            _ledger.Record(_ledger.Pending.Where(static action => !action.AfterSwap).Select(static action => action with { IsRetired = false }));
        }
    }

    /// <summary>Does everything that is to be done. What was stopped and does not start stays on the list.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => SettleAsync(static () => false, cancellationToken);

    /// <summary>As above, but what is left when <paramref name="yields"/> says so, before any action, is left for later.</summary>
    public async Task SettleAsync(Func<bool> yields, CancellationToken cancellationToken)
    {
        var failed = new List<string>();
        var failedOfUpdate = new List<string>();
        var logs = new List<ServiceLog>();
        foreach (var action in _ledger.Pending.Where(static action => action.Verb != ServiceVerb.Reboot).ToArray())
        {
            if (yields())
            {
                return;
            }

            // This may end this process: it is struck out first, so that the next one does not do it again.
            var once = action.Verb == ServiceVerb.Restart;
            if (once)
            {
                _ledger.Done(action);
            }

            FailPoint.Pass(FailPoint.ServiceStart);
            var error = await runner.RunAsync(action.Verb, action.Service, cancellationToken);
            FailPoint.Pass(FailPoint.ServiceStarted);
            if (error is not null && !action.IsRetired)
            {
                failed.Add(error);
                if (await runner.ReadLogAsync(action.Service, cancellationToken) is { Lines.Count: > 0 } written)
                {
                    logs.Add(written);
                }

                if (_ofUpdate?.Contains((action.Verb, action.Service)) != false)
                {
                    failedOfUpdate.Add(error);
                }
            }

            if (!once && (error is null || action.IsRetired || action.Verb != ServiceVerb.Start))
            {
                _ledger.Done(action);
            }
        }

        if (_ledger.Pending.Any(static action => action.AfterSwap))
        {
            // Their swap did take place: a later update that is given up must not drop them.
            _ledger.Record(_ledger.Pending.Select(static action => action with { AfterSwap = false }));
        }

        (_failed, _failedOfUpdate, _logs) = (failed, failedOfUpdate, logs);
    }

    /// <summary>The reboot is noted elsewhere: it is nothing that is left to do here.</summary>
    public void RebootNoted()
    {
        if (RebootDue)
        {
            _ledger.Record(_ledger.Pending.Where(static action => action.Verb != ServiceVerb.Reboot));
        }
    }

    /// <summary>Does something that belongs to no update that is under way.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken) => runner.RunAsync(verb, service, cancellationToken);

    /// <summary>A new action takes the place of the same one with less knowledge, and keeps its own order.</summary>
    private void Add(IEnumerable<ServiceAction> actions)
    {
        var added = actions.ToList();
        _ledger.Record(_ledger.Pending.Where(old => !added.Exists(a => IsSame(a, old))).Concat(added));
    }

    private static bool IsSame(ServiceAction one, ServiceAction other) => one.Verb == other.Verb && one.Service == other.Service;
}
