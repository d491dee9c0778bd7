using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Roles.Master.Machines;

/// <summary>What people ask of one machine: to be brought to its image at once, or to try again what failed (rule 25).</summary>
internal sealed partial class ManagedMachine
{
    private int _hurries;
    private int _asked;
    private int _judged;

    /// <summary>Makes the machine bypass queues until <see cref="EndHurry"/>; calls may overlap.</summary>
    /// <returns>To be given to <see cref="IsJudgedSince"/>.</returns>
    public int BeginHurry()
    {
        lock (_lock)
        {
            _hurries++;
        }

        return AskAgain();
    }

    /// <summary>Ends one <see cref="BeginHurry"/>. A turn that was taken stays, and ends as others do.</summary>
    public void EndHurry()
    {
        lock (_lock)
        {
            _hurries--;
        }
    }

    /// <summary>Makes the loop forget how long failures were to be waited out, and look at everything anew.</summary>
    /// <returns>To be given to <see cref="IsJudgedSince"/>.</returns>
    public int AskAgain()
    {
        var asked = Interlocked.Increment(ref _asked);
        _waits.Hasten();
        return asked;
    }

    /// <summary>True once the status comes from a judgement after <see cref="AskAgain"/>, and not from before it.</summary>
    public bool IsJudgedSince(int asked) => Volatile.Read(ref _judged) - asked >= 0;

    /// <summary>Lets an image that was rolled back be tried once more, and whatever else failed.</summary>
    /// <exception cref="RpcException">The image was rolled back, and the machine does not take it back now.</exception>
    public async Task RetryAsync(string reason, CancellationToken cancellationToken)
    {
        if (Answer is { RolledBackManifest: { IsNone: false } manifest })
        {
            await _channel.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = Volatile.Read(ref _hold), Manifest = manifest, Reason = reason }, cancellationToken);
        }

        else if (Answer is { Reboot: RebootState.Held })
        {
            await _channel.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = Volatile.Read(ref _hold), Reason = reason }, cancellationToken);
        }

        AskAgain();
    }

    private bool IsInHurry
    {
        get
        {
            lock (_lock)
            {
                return _hurries > 0;
            }
        }
    }

    /// <summary>For the loop: forgets waiting times if somebody asked; the number is to be stored in <see cref="_judged"/> after the judgement.</summary>
    private int TakeAsked()
    {
        var asked = Volatile.Read(ref _asked);
        if (asked != _judged)
        {
            _fetchBackoff.Reset();
            _fetchRetryAt = 0;
            _updateBackoff.Reset();
            _updateRetryAt = 0;
            _computedDue = 0;
        }

        return asked;
    }
}
