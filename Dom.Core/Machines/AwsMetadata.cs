using System.Collections.ObjectModel;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Machines;

/// <summary>What Amazon says about a machine.</summary>
[MessagePackObject]
public sealed partial record AwsMetadata
{
    /// <summary>Number of the account.</summary>
    public string AccountId { get; init => field = value ?? ""; } = "";

    /// <summary>Name of the account.</summary>
    public string AccountName { get; init => field = value ?? ""; } = "";

    /// <summary>Id of the instance.</summary>
    public string InstanceId { get; init => field = value ?? ""; } = "";

    /// <summary>The region.</summary>
    public string Region { get; init => field = value ?? ""; } = "";

    /// <summary>The instance's tags at Amazon.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = value is { Count: > 0 } ? value : ReadOnlyDictionary<string, string>.Empty; } = ReadOnlyDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public bool Equals(AwsMetadata? other) =>
        other is not null
        && AccountId == other.AccountId
        && AccountName == other.AccountName
        && InstanceId == other.InstanceId
        && Region == other.Region
        && MachineTags.AreEqual(Tags, other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AccountId, InstanceId, Region);
}
