using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Sub.Images;

namespace Dom.Roles.Sub;

/// <summary>A plan in pages (rule 22): what an update would do, without doing it.</summary>
internal static class PlanPages
{
    private const int StepsPerPage = 1000;

    /// <summary>Reads the plan a request names: by id, for an image whose tree is here, or for the required image.</summary>
    public static async IAsyncEnumerable<PlanPage> ReadAsync(
        SubParts parts, Convergence convergence, GetPlanRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var assessment = await FindAsync(convergence, request, cancellationToken);
        if (assessment is not { Plan: { } plan, Summary: { } summary })
        {
            var why = parts.Watch.Current is null ? "the first scan is not complete"
                : assessment is { Readiness: ImageReadiness.Comparing, Loaded: { } image } && !parts.Watch.WantedScope.Suffices(image.Digest, image.Filter)
                    ? "the machine is looked at as the filters of its required and planned image say, and the one of this image is another; dom ctl diff has it looked at"
                : assessment.Readiness == ImageReadiness.NeedsTree ? "the machine does not have the tree of this image; dom ctl diff has it read"
                : $"the image is not ready ({assessment.Readiness})";
            throw new RpcException(RpcStatus.Unavailable, $"there is no plan yet: {why}", "NotReady");
        }

        var first = 0;
        do
        {
            var count = Math.Min(StepsPerPage, plan.Steps.Length - first);
            var isLast = first + count == plan.Steps.Length;
            yield return new PlanPage
            {
                Summary = first == 0 ? summary : null,
                Steps = [.. Enumerable.Range(first, count).Select(i => ToLine(plan, i))],
                Exceptions = isLast ? Exceptions(plan) : [],
            };
            first += count;
        }
        while (first < plan.Steps.Length);
    }

    private static async Task<Assessment> FindAsync(Convergence convergence, GetPlanRequest request, CancellationToken cancellationToken)
    {
        var known = new[] { convergence.Required, convergence.Planned };
        if (!request.PlanId.IsNone)
        {
            return known.FirstOrDefault(a => a?.Plan?.Id == request.PlanId)
                ?? throw new RpcException(RpcStatus.NotFound, $"there is no plan {request.PlanId} (any more)", "PlanChanged");
        }

        if (request.Manifest.IsNone)
        {
            return convergence.Required ?? throw new RpcException(RpcStatus.NotFound, "no image is required of this machine", "NoImage");
        }

        return known.FirstOrDefault(a => a?.Image.Manifest == request.Manifest)
            ?? await convergence.AssessAsync(new ImageReference { Name = "", Manifest = request.Manifest }, cancellationToken);
    }

    private static List<PlanException> Exceptions(Plan plan) =>
    [
        .. plan.Remarks.Select(static r => new PlanException { Kind = r.Kind, Path = r.Path, Reason = r.Reason }),
        .. plan.MissingComputed.Select(static path => new PlanException
        {
            Kind = PlanExceptionKind.Unknown,
            Path = path,
            Reason = "the content of this computed file is not in the machine's computed set",
        }),
    ];

    private static PlanLine ToLine(Plan plan, int index)
    {
        var step = plan.Steps[index];
        return new PlanLine
        {
            Kind = step.Kind,
            Path = step.Path,
            Old = InodeFacts.Of(step.Old.ReadInode()),
            New = step.New.IsNone ? null : InodeFacts.Of(plan.ReadNew(step)),
            LinkTarget = step.LinkTarget >= 0 ? plan.LinkTargets[step.LinkTarget] : default,
        };
    }
}
