using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Roles.Hosting;
using Dom.Roles.LockManager.Events;
using Dom.Roles.LockManager.Groups;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager;

/// <summary>The groups, where they are kept, and the loop that looks after what time changes.</summary>
internal sealed class LockManagerService : IAsyncDisposable
{
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, LockGroup> _groups = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GroupMachines _machines;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private Task _looking = Task.CompletedTask;

    private LockManagerService(LockManagerOptions options, ISemaphoreStore store, EventLog events, GroupMachines machines, LockCounters counters, TimeProvider clock, ILogger log)
    {
        _machines = machines;
        _clock = clock;
        _log = log;
        Store = store;
        Events = events;
        StartTime = clock.GetUtcNow();
        Progress = new LoopProgress("lock-manager.look", clock);
        foreach (var (name, group) in options.Groups)
        {
            _groups[name] = new LockGroup(name, group, store, events, () => machines.CountOf(name), counters, clock, log);
        }
    }

    /// <summary>Where the groups are kept.</summary>
    public ISemaphoreStore Store { get; }

    /// <summary>What happened.</summary>
    public EventLog Events { get; }

    /// <summary>When the service started.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>The loop that looks after deadlines.</summary>
    public LoopProgress Progress { get; }

    /// <summary>The groups in the order of their names.</summary>
    public IReadOnlyCollection<LockGroup> Groups => _groups.Values;

    /// <summary>Who knows the boot ids of machines; null for nobody.</summary>
    public BootIdReader? BootIds { get; init; }

    /// <summary>Ends with an error when the loop does.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Opens the state; groups are granted from when this returns.</summary>
    /// <exception cref="IOException">The state directory cannot be used.</exception>
    /// <exception cref="InvalidDataException">The state is damaged, or holds a group that has holders and is not configured.</exception>
    public static async Task<LockManagerService> OpenAsync(
        LockManagerOptions options, LockCounters counters, BootIdReader? bootIds, TimeProvider clock, ILogger log, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.StateDirectory, DirectoryMode);
        var store = LockStores.Open(options, clock);
        try
        {
            var machines = new GroupMachines(options.MachineList, clock, log);
            await machines.RefreshAsync(cancellationToken);
            var service = new LockManagerService(options, store, EventLog.Open(options.StateDirectory, log), machines, counters, clock, log) { BootIds = bootIds };
            foreach (var group in service._groups.Values)
            {
                await OpenAsync(group, store, log);
            }

            return service;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts to look after deadlines.</summary>
    public void Start() => _looking = LookAsync(_stopping.Token);

    /// <summary>A group.</summary>
    /// <exception cref="RpcException">There is none of this name.</exception>
    public LockGroup Find(string name) => FindOrNull(name)
        ?? throw new RpcException(
            RpcStatus.NotFound, $"there is no group '{name}'; there are {string.Join(", ", _groups.Keys)} (a section [LockGroup {name}] makes one)", LockErrorCode.UnknownGroup);

    /// <summary>A group; null when there is none of this name.</summary>
    public LockGroup? FindOrNull(string name) => _groups.GetValueOrDefault(name.Length == 0 ? LockName.DefaultGroup : name);

    /// <summary>The group of a machine of the list; the default one when its own is not configured. Null for a machine that the list does not have.</summary>
    public LockGroup? GroupOfMachine(string hostname) => _machines.GroupOf(hostname) is { } name ? FindOrNull(name) ?? FindOrNull(LockName.DefaultGroup) : null;

    /// <summary>Why the role does not do its work; empty when it does.</summary>
    public IReadOnlyList<NotReadyReason> NotReady() =>
    [
        .. _groups.Values.Select(static g => g.Describe()).Where(static s => s.StoreError.Length > 0).Select(static s => new NotReadyReason($"the store of group {s.Group} fails", s.StoreError)),
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        await Store.DisposeAsync();
        Events.Dispose();
        _stopping.Dispose();
        _failed.TrySetResult();
    }

    /// <summary>A store on another machine may be away while this starts: nothing is granted then, and it goes on by itself.</summary>
    private static async Task OpenAsync(LockGroup group, ISemaphoreStore store, ILogger log)
    {
        try
        {
            await group.OpenAsync();
        }
        catch (RpcException fault) when (store.IsShared && fault.Code == LockErrorCode.StoreUnavailable)
        {
            log.StillFailing(group.Name, fault.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Tick, _clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await Progress.ResumeAsync();
                await _machines.RefreshAsync(cancellationToken);
                foreach (var group in _groups.Values)
                {
                    await LookAsync(group, cancellationToken);
                    Progress.Beat();
                }

                Events.Flush();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Events.Flush();
        }
        catch (Exception fault)
        {
            _log.LookFailed(fault);
            _failed.TrySetException(fault);
        }
    }

    private async Task LookAsync(LockGroup group, CancellationToken cancellationToken)
    {
        try
        {
            await group.LookAsync();
            if (BootIds is { } read)
            {
                await group.FreeRebootedAsync(read, cancellationToken);
            }
        }
        catch (RpcException fault) when (fault.Code != LockErrorCode.StoreUnavailable)
        {
            _log.BootIdsUnknown(group.Name, fault.Message);
        }
        catch (RpcException fault)
        {
            // Told by the group; it is tried again at the next look.
            _log.StillFailing(group.Name, fault.Message);
        }
    }
}
