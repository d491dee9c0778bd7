using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Machines;

/// <summary>One entry of the machine list: what a machine is called, where it is, which image it must be equal to, who owns it.</summary>
/// <remarks>Names and meaning of the fields are those of upstream's machine list, so its files can be used as they are. All but the host name may be missing.</remarks>
[MessagePackObject]
public sealed partial record Machine
{
    /// <summary>The unique key: a host name, or <c>host*instance</c> where several agents run at one address.</summary>
    public string Hostname { get; init => field = value ?? ""; } = "";

    /// <summary>Which source the entry came from.</summary>
    public string DataSourceIdentifier { get; init => field = value ?? ""; } = "";

    /// <summary>What kind of source the entry came from.</summary>
    public string DataSourceType { get; init => field = value ?? ""; } = "";

    /// <summary>Address to connect to instead of the host name.</summary>
    public string IpAddress { get; init => field = value ?? ""; } = "";

    /// <summary>Where the machine stands, as a path: <c>SJC/rack4</c>.</summary>
    public string Location { get; init => field = value ?? ""; } = "";

    /// <summary>The image the machine must be equal to.</summary>
    public string RequiredImage { get; init => field = value ?? ""; } = "";

    /// <summary>The image it will need next.</summary>
    public string PlannedImage { get; init => field = value ?? ""; } = "";

    /// <summary>True when the machine must not be changed.</summary>
    public bool DisableUpdates { get; init; }

    /// <summary>One owning group: the older form of <see cref="OwnerGroups"/>, which still counts.</summary>
    public string OwnerGroup { get; init => field = value ?? ""; } = "";

    /// <summary>Groups whose members own the machine.</summary>
    public IReadOnlyList<string> OwnerGroups { get; init => field = value ?? []; } = [];

    /// <summary>Users who own the machine.</summary>
    public IReadOnlyList<string> OwnerUsers { get; init => field = value ?? []; } = [];

    /// <summary>Names and values; <see cref="MachineTags"/> lists those with a meaning to the system.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = value is { Count: > 0 } ? value : ReadOnlyDictionary<string, string>.Empty; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What Amazon says about the machine; null elsewhere.</summary>
    public AwsMetadata? AwsMetadata { get; init; }

    /// <summary>The host to connect to: <see cref="IpAddress"/> if there is one, else the host name without its instance.</summary>
    [JsonIgnore]
    public string Host => IpAddress.Length > 0 ? IpAddress : HostName.WithoutInstance(Hostname);

    /// <summary>True when the machine carries the tag, whatever its value.</summary>
    public bool HasTag(string name) => Tags.ContainsKey(name);

    /// <summary>True when the user, or one of the groups the user is in, owns the machine.</summary>
    public bool IsOwnedBy(string user, IEnumerable<string> groups)
    {
        if (user.Length > 0 && OwnerUsers.Contains(user, StringComparer.Ordinal))
        {
            return true;
        }

        foreach (var group in groups)
        {
            if (group.Length > 0 && (group == OwnerGroup || OwnerGroups.Contains(group, StringComparer.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Entries are equal when every field is, tags and owners included: an unchanged entry of a reloaded list disturbs nothing.</summary>
    public bool Equals(Machine? other) => ReferenceEquals(this, other) || (other is not null && HasFieldsOf(other));

    /// <inheritdoc/>
    public override int GetHashCode() => Hostname.GetHashCode(StringComparison.Ordinal);

    private bool HasFieldsOf(Machine other) =>
        Hostname == other.Hostname
        && RequiredImage == other.RequiredImage
        && PlannedImage == other.PlannedImage
        && DisableUpdates == other.DisableUpdates
        && IpAddress == other.IpAddress
        && Location == other.Location
        && DataSourceIdentifier == other.DataSourceIdentifier
        && DataSourceType == other.DataSourceType
        && OwnerGroup == other.OwnerGroup
        && OwnerGroups.SequenceEqual(other.OwnerGroups)
        && OwnerUsers.SequenceEqual(other.OwnerUsers)
        && MachineTags.AreEqual(Tags, other.Tags)
        && Equals(AwsMetadata, other.AwsMetadata);
}
