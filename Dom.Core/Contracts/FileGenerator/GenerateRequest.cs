using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.FileGenerator;

/// <summary>Which files of which machine are wanted.</summary>
[MessagePackObject]
public sealed partial record GenerateRequest
{
    /// <summary>The machine, as the machine list has it.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Absolute paths, each once.</summary>
    public required IReadOnlyList<UnixPath> Paths { get; init; }
}
