using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>A machine is held by one master: what this one does while another has it, and how it gets and leaves it.</summary>
internal sealed partial class ManagedMachine
{
    private static readonly TimeSpan StandbyWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestStandby = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(5);

    private MasterHold? _heldBy;
    private ulong _hold;

    /// <summary>Takes the machine from the master that holds it.</summary>
    /// <exception cref="RpcException">No other master holds it, or the machine does not answer.</exception>
    public async Task TakeOverAsync(string reason, CancellationToken cancellationToken)
    {
        if (HeldBy is null)
        {
            throw new RpcException(RpcStatus.Conflict, $"{Hostname} is not held by another master: its status is '{Status.Word()}'", "NotHeldByOther");
        }

        var answer = await _channel.CallAsync(SubdMethods.Poll, MakePoll(TimeSpan.Zero) with { TakeOver = true, Reason = reason }, cancellationToken);
        if (answer.HeldBy is { } holder)
        {
            throw new RpcException(RpcStatus.Conflict, DescribeHolder(holder), "HeldByOther");
        }

        AskAgain();
    }

    /// <summary>
    /// Another master has the machine: nothing is known or directed here, its turn and its place in lines go to others, and it is asked again about when
    /// the other one's hold would end.
    /// </summary>
    private async Task StandByAsync(MasterHold holder)
    {
        var asked = TakeAsked();
        NoteHolder(holder);
        _connected = true;
        _directed = false;
        _heardAt = _context.Clock.GetTimestamp();
        _redial.Reset();
        if (_direction is { } direction)
        {
            _direction = null;
            RecordUpdate(direction, "handed over", _context.Clock.GetElapsedTime(direction.Started), $"the master {holder.Master} took the machine");
        }

        _fetching = default;
        _recorded = null;
        _context.Admission.Leave(Hostname);
        _context.Brake.Heard(Hostname, Entry.RequiredImage);
        _context.Brake.Withdraw(Hostname);
        EndTurn(TurnEnd.Returned, "");
        SettleDisruption(new Judgement(MachineStatus.HeldByOther));
        SetStatus(MachineStatus.HeldByOther, DescribeHolder(holder));
        Volatile.Write(ref _judged, asked);
        var jitter = TimeSpan.FromSeconds(_context.Random.NextDouble());
        var wait = holder.Remaining < StandbyWait ? holder.Remaining : StandbyWait;
        await WaitAsync((wait < ShortestStandby ? ShortestStandby : wait) + jitter);
    }

    private void NoteHolder(MasterHold? holder)
    {
        lock (_lock)
        {
            if (holder is not null)
            {
                if (_heldBy?.Master != holder.Master)
                {
                    LogHeldByOther(_context.Logger, Hostname, holder.Master);
                }

                _answer = null;
                _lastAnswer = _context.Clock.GetUtcNow();
            }

            _heldBy = holder;
        }
    }

    /// <summary>In words that stay the same as long as the holder does.</summary>
    private string DescribeHolder(MasterHold holder) =>
        $"held by the master {(holder.Master == _context.MasterId ? $"{holder.Master}, another process of this very one" : holder.Master)} (certificate of {holder.User}) since {holder.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. "
        + $"This one takes over when that one stops polling, or now: dom ctl take-over {Hostname} --reason R";

    /// <summary>Lets the machine go; a machine that does not hear it is free when the hold ends.</summary>
    private async Task ReleaseAsync()
    {
        if (!_connected || HeldBy is not null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(ReleasePatience);
        try
        {
            await _channel.CallAsync(SubdMethods.Poll, MakePoll(TimeSpan.Zero) with { Release = true }, limit.Token);
        }
        catch (Exception fault) when (fault is RpcException or OperationCanceledException)
        {
            LogNotReleased(_context.Logger, Hostname, fault.Message);
        }
    }
}
