using Dom.Core.Objects;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub wait-for-image --json</c> prints.</summary>
internal sealed record SubWaitDocument(string Host, string Image, ObjectId Manifest, double Seconds);
