namespace Dom.Core.Images;

/// <summary>How far a push is.</summary>
/// <param name="Phase">The step.</param>
/// <param name="Done">Bytes sent, for <see cref="PushPhase.Upload"/>; bytes of an archive read, for <see cref="PushPhase.Scan"/>; ids asked about, for <see cref="PushPhase.Check"/>.</param>
/// <param name="Total">All of them; 0 when not known.</param>
public readonly record struct PushProgress(PushPhase Phase, long Done, long Total);
