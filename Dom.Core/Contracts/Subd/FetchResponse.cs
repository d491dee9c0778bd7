using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Answer to a grant: the fetch goes on in the background, polls report it.</summary>
[MessagePackObject]
public sealed partial record FetchResponse
{
    /// <summary>True when there was something to fetch.</summary>
    public bool Started { get; init; }
}
