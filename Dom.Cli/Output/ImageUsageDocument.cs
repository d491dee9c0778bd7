namespace Dom.Cli.Output;

/// <summary>What <c>dom image estimate-usage --json</c> prints.</summary>
internal sealed record ImageUsageDocument(string Name, long MachineBytes, long StoredBytes, long OwnBytes);
