using Dom.Core.Locks;
using Dom.Core.Telemetry;
using Dom.Roles.LockManager;
using Dom.Roles.LockManager.Events;
using Dom.Roles.LockManager.Groups;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.LockManager;

/// <summary>Groups in this process over a store of choice.</summary>
internal sealed class LockGroupRig : IAsyncDisposable
{
    private readonly MetricsRegistry _metrics = new("lock-manager", "test");
    private readonly LockCounters _counters;
    private readonly List<EventLog> _logs = [];

    public LockGroupRig()
    {
        _counters = new LockCounters(_metrics);
        Directory = new TempDirectory("dom-locks-");
    }

    /// <summary>Where everything is.</summary>
    public TempDirectory Directory { get; }

    /// <summary>The clock.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>How many machines there are; null for no list.</summary>
    public int? Machines { get; set; }

    /// <summary>The file store.</summary>
    public FileSemaphoreStore OpenStore() => FileSemaphoreStore.Open(Directory.Combine("state"), 1 << 16);

    /// <summary>Events of a server.</summary>
    public EventLog OpenLog(string name)
    {
        var log = EventLog.Open(Directory.CreateDirectory(name), NullLogger.Instance);
        _logs.Add(log);
        return log;
    }

    /// <summary>A group on a server.</summary>
    public async Task<LockGroup> OpenAsync(ISemaphoreStore store, LockGroupOptions? options = null, EventLog? log = null, TimeProvider? clock = null)
    {
        var group = new LockGroup(
            "default", options ?? new LockGroupOptions(), store, log ?? OpenLog($"log{_logs.Count}"), () => Machines, _counters, clock ?? Clock, NullLogger.Instance);
        await group.OpenAsync();
        return group;
    }

    public ValueTask DisposeAsync()
    {
        _logs.ForEach(log => log.Dispose());
        _metrics.Dispose();
        Directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
