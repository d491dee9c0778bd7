using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Comparisons that people ask for, also with images the machine does not have: their tree, without content, is read in place of the planned image's.</summary>
internal sealed partial class ManagedMachine
{
    private const string NotReady = "NotReady";

    private static readonly TimeSpan PreviewPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PreviewInterval = TimeSpan.FromMilliseconds(250);

    private ResolvedImage? _preview;
    private int _previews;

    private ResolvedImage? Preview
    {
        get
        {
            lock (_lock)
            {
                return _preview;
            }
        }
    }

    /// <summary>Streams what an update to an image would do; changes nothing.</summary>
    /// <exception cref="RpcException">The machine does not answer, or cannot read the image's tree.</exception>
    public async IAsyncEnumerable<PlanPage> GetPlanAsync(ResolvedImage image, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Status.IsAlive())
        {
            throw new RpcException(RpcStatus.Unavailable, $"{Hostname} does not answer ({Status.Word()}), so its differences are not known");
        }

        if (HeldBy is { } holder)
        {
            throw new RpcException(RpcStatus.Conflict, DescribeHolder(holder), "HeldByOther");
        }

        var isPreview = Answer?.RequiredManifest != image.Manifest;
        if (isPreview)
        {
            BeginPreview(image);
        }

        try
        {
            await using var pages = await OpenPlanAsync(image, isPreview, cancellationToken);
            do
            {
                yield return pages.Current;
            }
            while (await pages.MoveNextAsync());
        }
        finally
        {
            if (isPreview)
            {
                EndPreview();
            }
        }
    }

    /// <summary>Opens the stream of pages and reads the first, waiting for the tree if it has to be read first.</summary>
    private async Task<IAsyncEnumerator<PlanPage>> OpenPlanAsync(ResolvedImage image, bool waits, CancellationToken cancellationToken)
    {
        var begun = _context.Clock.GetTimestamp();
        while (true)
        {
            var pages = _channel.StreamAsync(SubdMethods.GetPlan, new GetPlanRequest { Manifest = image.Manifest }, cancellationToken)
                .WithinSummaryAsync(Hostname, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                return await pages.MoveNextAsync() ? pages : throw new RpcException(RpcStatus.Internal, $"{Hostname} gave a plan without a page");
            }
            catch (RpcException fault) when (waits && fault.Code == NotReady)
            {
                await pages.DisposeAsync();
                if (IsHeld)
                {
                    throw new RpcException(
                        RpcStatus.Conflict, $"{Hostname} does not have the tree of {image.Name}, and while its updates are stopped it does not read it", NotReady, innerException: fault);
                }

                if (_context.Clock.GetElapsedTime(begun) >= PreviewPatience)
                {
                    throw;
                }
            }

            await Task.Delay(PreviewInterval, _context.Clock, cancellationToken);
        }
    }

    private void BeginPreview(ResolvedImage image)
    {
        lock (_lock)
        {
            if (_preview is { } other && other.Manifest != image.Manifest)
            {
                throw new RpcException(
                    RpcStatus.Conflict, $"{Hostname} is being compared with {other.Name} for somebody else; try again in a moment", RpcErrorCode.Busy, retryable: true);
            }

            _preview = image;
            _previews++;
        }

        Wake();
    }

    private void EndPreview()
    {
        lock (_lock)
        {
            if (--_previews > 0)
            {
                return;
            }

            _preview = null;
        }

        Wake();
    }
}
