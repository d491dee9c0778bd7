namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub cleanup --json</c> prints.</summary>
/// <param name="Host">The machine.</param>
/// <param name="DryRun">True when it was only counted.</param>
/// <param name="Objects">Contents that were removed, or would be.</param>
/// <param name="Blocks">Blocks and manifests.</param>
/// <param name="FreeBytes">Free bytes of the machine's file system now.</param>
internal sealed record SubCleanupDocument(string Host, bool DryRun, int Objects, int Blocks, long FreeBytes);
