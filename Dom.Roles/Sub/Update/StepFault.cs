using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>A step that was not done, and why.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Reason">The reason, for people.</param>
public sealed record StepFault(UnixPath Path, string Reason);
