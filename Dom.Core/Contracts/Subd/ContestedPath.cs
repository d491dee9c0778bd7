using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>A path that somebody changes again as often as it is corrected (rule 26): it is corrected once a minute only.</summary>
[MessagePackObject]
public sealed partial record ContestedPath
{
    /// <summary>The path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>Corrections within the last 10 minutes, as of the last correction.</summary>
    public int Corrections { get; init; }

    /// <summary>Who writes, where the kernel tells it; empty where it does not.</summary>
    public string Writer { get; init; } = "";
}
