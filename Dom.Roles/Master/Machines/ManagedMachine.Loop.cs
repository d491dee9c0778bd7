using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

internal sealed partial class ManagedMachine
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>No wait of a machine's loop is longer than its update, a poll and a pause before the next attempt together.</summary>
    private TimeSpan LongestTurn => _context.Options.UpdateTimeout + _context.Options.PollWait + LongestPause;

    private async Task RunAsync()
    {
        while (!_waits.IsStopped)
        {
            _context.Turns.Rest(LongestTurn);
            try
            {
                _waits.Acknowledge();
                if (_answer is { } known && _connected && !_directed)
                {
                    await DirectAsync(known);
                }

                if (await PollAsync() is { } answer)
                {
                    if (answer.HeldBy is { } holder)
                    {
                        await StandByAsync(holder);
                    }
                    else
                    {
                        Take(answer);
                    }
                }
            }
            catch (OperationCanceledException) when (_waits.IsStopped)
            {
                return;
            }
            catch (RpcException fault)
            {
                Lose(fault);
                await RenewChannelAsync(fault);
                await WaitAsync(IsAwayToReboot ? Min(_redial.Next(), RebootRedial) : _redial.Next());
            }
            catch (Exception fault)
            {
                // The edge of the loop: whatever it is must not end the care for this machine, nor spin.
                LogLoopFailed(_context.Logger, fault, Hostname);
                SetStatus(MachineStatus.PollFailed, fault.Message);
                await WaitAsync(_redial.Next());
            }
        }
    }

    /// <summary>Polls once; null when interrupted because something else has changed.</summary>
    private async Task<PollResponse?> PollAsync()
    {
        var pause = _pace.Next();
        if (pause > TimeSpan.Zero)
        {
            await WaitAsync(pause);
        }

        if (_connected)
        {
            return await PollAsync(PollWait(), listens: true);
        }

        // Dialling is bounded, and is not interrupted: whatever changes meanwhile is looked at when the machine answers.
        await _context.DialGate.WaitAsync(_waits.Begin(Timeout.InfiniteTimeSpan, listens: false));
        try
        {
            if (Status == MachineStatus.Unknown)
            {
                SetStatus(MachineStatus.Connecting, "");
            }

            return await PollAsync(TimeSpan.Zero, listens: false);
        }
        finally
        {
            _context.DialGate.Release();
        }
    }

    private async Task<PollResponse?> PollAsync(TimeSpan wait, bool listens)
    {
        var limit = wait + Grace;
        var started = _context.Clock.GetTimestamp();
        var token = _waits.Begin(limit, listens);
        try
        {
            var request = MakePoll(wait);
            var answer = await _channel.CallAsync(SubdMethods.Poll, request, token);
            if (PollLimits.Breach(answer) is { } breach)
            {
                throw new RpcException(RpcStatus.Internal, $"the machine's answer cannot be trusted, and none of it is kept: {breach}", "AnswerUnfit");
            }

            _polledPlanned = request.Planned?.Manifest ?? default;
            return answer;
        }
        catch (OperationCanceledException) when (!_waits.IsStopped)
        {
            if (_context.Clock.GetElapsedTime(started) < limit)
            {
                return null;
            }

            throw new RpcException(RpcStatus.DeadlineExceeded, $"no answer to a poll within {limit.TotalSeconds:0} s");
        }
        finally
        {
            _context.Metrics.CountPoll();
        }
    }

    private PollRequest MakePoll(TimeSpan wait)
    {
        var entry = Entry;
        return new PollRequest
        {
            Epoch = _answer?.Epoch ?? 0,
            Generation = _answer?.Generation ?? 0,
            Master = _context.MasterId,
            Instance = _context.Instance,
            Required = RequiredReference(Resolve(entry.RequiredImage)),
            Planned = Reference(Preview ?? ResolvePlanned(entry.PlannedImage)),
            Wait = wait,
            Halt = IsHeld,
            Lifetime = Lifetime,
            Settings = _context.Configuration.State.Settings,
        };
    }

    private TimeSpan PollWait()
    {
        var wait = _context.Options.PollWait * (0.9 + (_context.Random.NextDouble() / 10));
        if (_answer is not { Phase: SubPhase.Idle } || _direction is not null)
        {
            // Directions live 60 s; each poll renews them.
            wait = Min(wait, BusyWait);
        }

        if (!IsDue(_fetchRetryAt))
        {
            wait = Min(wait, Until(_fetchRetryAt));
        }

        if (_computedDue != 0 && _answer is { Phase: SubPhase.Idle })
        {
            wait = Min(wait, Until(_computedDue));
        }

        return IsDue(_updateRetryAt) ? wait : Min(wait, Until(_updateRetryAt));
    }

    private async Task WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _context.Clock, _waits.Begin(Timeout.InfiniteTimeSpan, listens: false, hastens: true));
        }
        catch (OperationCanceledException)
        {
            // The end of the loop, whose condition sees it, or a person who wants the machine tried now.
            return;
        }
    }

    private void Take(PollResponse answer)
    {
        var now = _context.Clock.GetUtcNow();
        var skew = answer.Time == default ? TimeSpan.Zero : answer.Time - now;
        var before = _answer;
        lock (_lock)
        {
            _answer = answer;
            _lastAnswer = now;
            _skew = skew;
            _heldBy = null;
        }

        Volatile.Write(ref _hold, answer.Hold);
        _connected = true;
        _directed = false;
        _heardAt = _context.Clock.GetTimestamp();
        _redial.Reset();
        _context.Brake.Heard(Hostname, Entry.RequiredImage);
        if (answer.OtherMaster.Length > 0 && before?.OtherMaster != answer.OtherMaster)
        {
            LogOtherMaster(_context.Logger, Hostname, answer.OtherMaster);
        }

        NoteFetchEnd(answer);
        NoteUpdateEnd(answer);
        NoteReboot(before, answer);
        RecordAnswer(answer);
        NoteDrift(answer);
        if (before?.Epoch != answer.Epoch || before.Generation != answer.Generation)
        {
            NoteChange();
        }
    }

    /// <summary>The machine does not answer.</summary>
    private void Lose(RpcException fault)
    {
        var status = ConnectFault.Classify(fault, _connected);
        _connected = false;
        NoteHolder(null);
        if (MayBeRebooting(status))
        {
            SetStatus(MachineStatus.Rebooting, "it reboots for what the update brought, and does not answer yet");
        }
        else
        {
            SetStatus(status, ConnectFault.Explain(fault, _context.Clock.GetUtcNow(), _skew));
            _context.Metrics.CountPollFailure(status.Word());
            RecordLoss(fault);
        }

        _context.Brake.Withdraw(Hostname);
        var silent = _context.Clock.GetElapsedTime(_heardAt);
        if (silent >= Lifetime)
        {
            // Its grant has expired by itself.
            _context.Admission.Leave(Hostname);
            _fetching = default;
        }

        if (silent >= _context.Options.UnreachableTimeout && !IsAwayToReboot && _context.Brake.TurnOf(Hostname) is not null)
        {
            EndTurn(TurnEnd.Failed, $"unreachable for {silent.TotalMinutes:0} min during its update: {fault.Message}");
        }
    }

    /// <summary>A connection on which an answer stayed out may be dead without knowing it, so the next poll gets another one.</summary>
    private async Task RenewChannelAsync(RpcException fault)
    {
        if (fault.Status == RpcStatus.DeadlineExceeded)
        {
            var old = _channel;
            _channel = _context.Dial(Entry);
            await old.DisposeAsync();
        }
    }

    private ResolvedImage? Resolve(string name) => name.Length == 0 ? null : _context.Images.Find(name);

    private ResolvedImage? ResolvePlanned(string name) => Resolve(name) is { IsGone: false } image ? image : null;

    private static ImageReference? Reference(ResolvedImage? image) =>
        image is null ? null : new ImageReference { Name = image.Name, Manifest = image.Manifest };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
