using Dom.Core.Contracts.Subd;
using Dom.Roles.Master.Records;

namespace Dom.Roles.Master.Machines;

/// <summary>The deviations that the machine corrected, as far as the master has fetched them.</summary>
internal sealed partial class ManagedMachine
{
    private DriftPosition? _drift;
    private bool _driftAsked;

    /// <summary>How far its records are known; null when that was not looked up yet.</summary>
    public DriftPosition? DriftPosition
    {
        get
        {
            lock (_lock)
            {
                return _drift;
            }
        }
    }

    /// <summary>Streams its records.</summary>
    public IAsyncEnumerable<DriftPage> GetDriftAsync(GetDriftRequest request, CancellationToken cancellationToken) =>
        _channel.StreamAsync(SubdMethods.GetDrift, request, cancellationToken);

    /// <summary>Tells that fetching ended, well or not, and how far its records are known now.</summary>
    public void EndDrift(DriftPosition position)
    {
        lock (_lock)
        {
            _drift = position;
            _driftAsked = false;
        }
    }

    /// <summary>Has records fetched that the machine has and the master has not.</summary>
    private void NoteDrift(PollResponse answer)
    {
        if (answer.DriftNumber == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_driftAsked || _drift == new DriftPosition(answer.DriftLog, answer.DriftNumber))
            {
                return;
            }

            _driftAsked = true;
        }

        if (!_context.Drift.TryAsk(this))
        {
            lock (_lock)
            {
                _driftAsked = false;
            }
        }
    }
}
