using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Rule 25: brings machines to their images without queues, never past a stop, and reports how it goes.</summary>
internal sealed class FastUpdates(FleetChanges changes, TimeProvider clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Streams what the machines do until each is in sync or cannot become so, or the time is over. Who stops listening leaves them in the queue.</summary>
    public async IAsyncEnumerable<FastUpdateProgress> RunAsync(
        IReadOnlyList<ManagedMachine> machines, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var open = machines.Select(m => new Runner(m, m.BeginHurry())).ToList();
        try
        {
            while (true)
            {
                var since = changes.Number;
                var elapsed = clock.GetElapsedTime(started);
                var isOver = elapsed >= timeout;
                for (var i = 0; i < open.Count;)
                {
                    var progress = open[i].Look(elapsed, isOver);
                    if (progress is not null)
                    {
                        yield return progress;
                    }

                    if (progress is { IsFinal: true })
                    {
                        open[i].Machine.EndHurry();
                        open.RemoveAt(i);
                    }
                    else
                    {
                        i++;
                    }
                }

                if (open.Count == 0)
                {
                    yield break;
                }

                await WaitAsync(since, timeout - elapsed, cancellationToken);
            }
        }
        finally
        {
            foreach (var runner in open)
            {
                runner.Machine.EndHurry();
            }
        }
    }

    private async Task WaitAsync(ulong since, TimeSpan left, CancellationToken cancellationToken)
    {
        await Task.Delay(Pace, clock, cancellationToken);
        try
        {
            // A machine that is judged anew without a change is seen by the next look at the latest.
            await changes.NextAsync(since).WaitAsync(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The time between two looks is over.
            return;
        }
    }

    /// <summary>One machine, and what was last told of it.</summary>
    private sealed class Runner(ManagedMachine machine, int asked)
    {
        private (string Status, string Detail)? _told;

        public ManagedMachine Machine => machine;

        /// <summary>What is new; null for nothing.</summary>
        public FastUpdateProgress? Look(TimeSpan elapsed, bool isOver)
        {
            // Before the judgement: a status that comes after it is never mistaken for one before.
            var isJudged = machine.IsJudgedSince(asked);
            var (status, detail) = machine.StatusAndDetail;
            var isFinal = isOver || (isJudged && IsEnd(status));
            var now = (status.Word(), detail);
            if (_told == now && !isFinal)
            {
                return null;
            }

            _told = now;
            return new FastUpdateProgress
            {
                Hostname = machine.Hostname,
                Status = now.Item1,
                Detail = detail,
                Elapsed = elapsed,
                IsFinal = isFinal,
                IsSynced = isJudged && status == MachineStatus.Synced,
            };
        }

        /// <summary>True when waiting changes nothing: in sync, or a person has to act. A machine that does not answer may do so any moment.</summary>
        private static bool IsEnd(MachineStatus status) => status is MachineStatus.Synced or MachineStatus.HeldByOther or MachineStatus.UpdatesDisabled or MachineStatus.ImageUndefined
            || (status.NeedsPerson() && !status.IsUnreachable());
    }
}
