using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Output;

/// <summary>What <c>dom image gc --json</c> prints.</summary>
internal sealed record ImageGcDocument(
    bool DryRun, long Images, long Kept, long KeptBytes, long Removed, long RemovedBytes, long TooYoung, long Protected, long Packs, double Seconds)
{
    public static ImageGcDocument Of(CollectGarbageResponse result) => new(
        result.DryRun, result.Images, result.Kept, result.KeptBytes, result.Removed, result.RemovedBytes, result.TooYoung, result.Protected, result.Packs,
        result.Duration.TotalSeconds);
}
