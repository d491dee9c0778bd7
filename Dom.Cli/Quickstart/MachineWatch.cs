using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Cli.Quickstart;

/// <summary>Watches one machine through the master, as an operator would, and its plan through the sub.</summary>
internal sealed class MachineWatch(RpcChannel master, RpcChannel sub, string machine, TimeProvider time)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlanInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>What the master said last; null before it has said anything.</summary>
    public SubInfo? Last { get; private set; }

    /// <summary>Waits until the machine equals an image.</summary>
    /// <param name="manifest">The image.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="seen">Told what the master says each time it is asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the time is over.</returns>
    public async Task<bool> WaitForComplianceAsync(ObjectId manifest, TimeSpan limit, Action<SubInfo> seen, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        do
        {
            await foreach (var page in master.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery { Hostnames = [machine] }, cancellationToken))
            {
                foreach (var info in page.Subs)
                {
                    Last = info;
                    seen(info);
                }
            }

            if (Last is { State: { Phase: SubPhase.Idle, Plan: { IsCompliant: true } plan } } && plan.Manifest == manifest && Last.RequiredManifest == manifest)
            {
                return true;
            }

            await Task.Delay(StatusInterval, time, cancellationToken);
        }
        while (time.GetElapsedTime(start) < limit);
        return false;
    }

    /// <summary>Makes deviations and waits until each is noticed and corrected.</summary>
    /// <param name="deviations">What to do to the machine.</param>
    /// <param name="limit">How long to wait for all of them.</param>
    /// <param name="corrected">Told of each as soon as it is corrected.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The time from the first deviation to the last correction.</returns>
    public async Task<TimeSpan> CorrectAsync(
        IReadOnlyList<Deviation> deviations, TimeSpan limit, Action<Correction> corrected, CancellationToken cancellationToken)
    {
        var first = time.GetTimestamp();
        var open = new List<Correction>();
        foreach (var deviation in deviations)
        {
            open.Add(new Correction(deviation, time.GetTimestamp()));
            deviation.Make();
        }

        while (open.Count > 0 && time.GetElapsedTime(first) < limit)
        {
            var planned = await PlannedPathsAsync(cancellationToken);
            foreach (var correction in open)
            {
                if (planned.Contains("/" + correction.Deviation.Path))
                {
                    correction.Noticed ??= time.GetElapsedTime(correction.Start);
                }

                if (correction.Deviation.IsCorrected())
                {
                    correction.Corrected = time.GetElapsedTime(correction.Start);
                    correction.Noticed ??= correction.Corrected;
                    corrected(correction);
                }
            }

            open.RemoveAll(c => c.Corrected is not null);
            await Task.Delay(PlanInterval, time, cancellationToken);
        }

        return time.GetElapsedTime(first);
    }

    private async Task<HashSet<string>> PlannedPathsAsync(CancellationToken cancellationToken)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var page in sub.StreamAsync(SubdMethods.GetPlan, new GetPlanRequest(), cancellationToken))
            {
                paths.UnionWith(page.Steps.Select(s => s.Path.ToString()));
            }
        }
        catch (RpcException e) when (e.Status is RpcStatus.NotFound or RpcStatus.Conflict or RpcStatus.Unavailable)
        {
            // No plan at this moment: an update is under way, or the sub compares.
        }

        return paths;
    }
}
