using Dom.Core.Images;

namespace Dom.Cli.Output;

/// <summary>What <c>dom image push --json</c> prints.</summary>
internal sealed record PushDocument(
    ImageEntry Image, long ObjectsSent, long BytesSent, long BytesSaved, double Seconds, IReadOnlyList<LeftOutEntry> LeftOut)
{
    /// <summary>The document of a push.</summary>
    public static PushDocument Of(PushResult result, TimeSpan duration) => new(
        ImageEntry.Of(result.Image),
        result.ObjectsSent,
        result.BytesSent,
        result.BytesSaved,
        Math.Round(duration.TotalSeconds, 3),
        [.. result.LeftOut.Select(static l => new LeftOutEntry(l.Path.ToString(), l.Reason))]);
}
