using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;

namespace Dom.Roles.Master;

/// <summary>
/// The machine list as mdb-sync gives it out, followed over one connection. While mdb-sync is away, and when it sends what cannot be used or has shrunk
/// suddenly, the last good list stays in force.
/// </summary>
internal sealed class MachineListStream : IMachineListSource
{
    /// <summary>How long the server may be silent; it says something every few seconds.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly RpcChannel _channel;
    private readonly int _maxShrinkPercent;
    private readonly MachineListLimits _limits;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private Task? _following;
    private MachineList? _arrived;
    private string _fault = "";
    private bool _acceptsLoss;

    /// <summary>Prepares; nothing is connected before the first <see cref="RefreshAsync"/>.</summary>
    /// <param name="place">The server, for people.</param>
    /// <param name="channel">A channel to it, closed with this.</param>
    /// <param name="maxShrinkPercent">A list that lost more than this share of its machines is refused; 100 takes any.</param>
    /// <param name="limits">Sizes.</param>
    /// <param name="clock">The clock.</param>
    public MachineListStream(string place, RpcChannel channel, int maxShrinkPercent, MachineListLimits limits, TimeProvider clock)
    {
        Place = place;
        _channel = channel;
        _maxShrinkPercent = maxShrinkPercent;
        _limits = limits;
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public MachineList List { get; private set; } = MachineList.Empty;

    /// <inheritdoc/>
    public string Error { get; private set; } = "";

    /// <inheritdoc/>
    public MachineList? Refused { get; private set; }

    /// <inheritdoc/>
    public void Restore(MachineList list) => List = list;

    /// <inheritdoc/>
    public Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        _following ??= FollowAsync();
        MachineList? arrived;
        string fault;
        lock (_lock)
        {
            arrived = _arrived;
            fault = _fault;
        }

        var (list, error) = (List, Error);
        Refused = null;
        if (fault.Length == 0 && arrived is not null)
        {
            var loss = MachineListLoss.Between(List, arrived);
            if (!_acceptsLoss && loss.Exceeds(_maxShrinkPercent))
            {
                Refused = arrived;
                fault = $"{loss.Lost} of {loss.Of} machines are missing from the list, more than MachineListMaxShrinkPercent={_maxShrinkPercent} allows at once; if this is meant: dom ctl accept-machine-list --reason '…'";
            }
            else if (!arrived.Machines.AsSpan().SequenceEqual(List.Machines.AsSpan()))
            {
                List = arrived;
            }
        }

        Error = fault.Length == 0 ? "" : $"machine list of {Place}: {fault}. The last good list of {List.Count} machines stays in force.";
        return Task.FromResult(!ReferenceEquals(list, List) || error != Error);
    }

    /// <inheritdoc/>
    public async Task<int> AcceptAsync(CancellationToken cancellationToken)
    {
        var before = List;
        _acceptsLoss = true;
        try
        {
            await RefreshAsync(cancellationToken);
        }
        finally
        {
            _acceptsLoss = false;
        }

        return Error.Length == 0 ? MachineListLoss.Between(before, List).Lost : throw new MachineListException(Error);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await (_following ?? Task.CompletedTask);
        await _channel.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        var wait = FirstWait;
        while (!_stopping.IsCancellationRequested)
        {
            var fault = await FollowOnceAsync(() => wait = FirstWait);
            lock (_lock)
            {
                _fault = fault;
            }

            await Task.WhenAny(Task.Delay(wait, _clock, _stopping.Token));
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    /// <summary>Follows one stream to its end; returns why it ended.</summary>
    private async Task<string> FollowOnceAsync(Action heard)
    {
        using var silence = new CancellationTokenSource(Silence, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _stopping.Token);
        var parts = new MdbAssembler(_limits);
        try
        {
            await foreach (var part in _channel.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), either.Token))
            {
                silence.CancelAfter(Silence);
                var list = parts.Add(part);
                heard();
                lock (_lock)
                {
                    _arrived = list ?? _arrived;
                    _fault = part.Complete ? "" : _fault;
                }
            }

            return "the stream ended";
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return "";
        }
        catch (OperationCanceledException)
        {
            return $"it said nothing for {Silence.TotalSeconds:0} s";
        }
        catch (Exception fault) when (fault is RpcException or MachineListException)
        {
            return fault.Message;
        }
    }
}
