using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>The last that a service wrote which did not start or reload. It is a program's output: shown to holders of a certificate only.</summary>
[MessagePackObject]
public sealed partial record ServiceLog
{
    /// <summary>The service, as the trigger names it.</summary>
    public required string Service { get; init; }

    /// <summary>Lines of the journal, the oldest first; control characters are gone.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}
