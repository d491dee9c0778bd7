using System.Runtime.CompilerServices;
using Dom.Core.Rpc;

namespace Dom.Core.Contracts.Subd;

/// <summary>Reads the pages of a plan and no more of them than the plan's own summary announces, whoever sends them.</summary>
public static class PlanStream
{
    /// <summary>Most steps of one plan that are read.</summary>
    public const int MaxSteps = 20_000_000;

    /// <summary>The pages as they are, until they exceed what the first one said.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="hostname">The machine whose plan it is, for errors.</param>
    /// <param name="cancellationToken">Ends the wait for the next page.</param>
    /// <exception cref="RpcException">There are more steps or exceptions than announced, or pages without any.</exception>
    public static async IAsyncEnumerable<PlanPage> WithinSummaryAsync(
        this IAsyncEnumerable<PlanPage> pages, string hostname, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PlanSummary? summary = null;
        long steps = 0;
        long exceptions = 0;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            if (summary is null)
            {
                summary = page.Summary ?? throw Wrong(hostname, "its first page has no summary");
                if (PollLimits.Breach(summary) is { } breach)
                {
                    throw Wrong(hostname, breach);
                }
            }
            else if (page.Steps.Count == 0)
            {
                throw Wrong(hostname, "it has a page without steps");
            }

            steps += page.Steps.Count;
            exceptions += page.Exceptions.Count;
            if (steps > Math.Min(summary.Steps, MaxSteps))
            {
                throw Wrong(hostname, summary.Steps > MaxSteps ? $"it has more than {MaxSteps} steps" : $"it has more than the {summary.Steps} steps it announces");
            }

            if (exceptions > (long)summary.Held + summary.Blocked + summary.Unknown + summary.MissingComputed)
            {
                throw Wrong(hostname, "it has more exceptions than it announces");
            }

            yield return page;
        }
    }

    private static RpcException Wrong(string hostname, string why) => new(RpcStatus.Internal, $"the plan of {hostname} cannot be trusted: {why}", "PlanUnfit");
}
