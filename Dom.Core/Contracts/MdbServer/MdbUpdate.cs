using Dom.Core.Machines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>A part of the machine list, or of what changed in it; sent every few seconds even when nothing did.</summary>
/// <remarks>
/// Parts up to one with <see cref="Complete"/> belong together and are applied at once. The first of a stream begin with <see cref="Full"/>.
/// A reader that is slow gets the difference between what it has and the newest list, however much happened in between.
/// </remarks>
[MessagePackObject]
public sealed partial record MdbUpdate
{
    /// <summary>Counts the lists of this server since it started.</summary>
    public long Generation { get; init; }

    /// <summary>What was sent before does not count: this part begins a whole list.</summary>
    public bool Full { get; init; }

    /// <summary>Machines that are new or changed.</summary>
    public IReadOnlyList<Machine> Machines { get; init; } = [];

    /// <summary>Names of machines that are gone.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>The last part: the reader now has the list of this generation.</summary>
    public bool Complete { get; init; }
}
