namespace Dom.Core.Objects;

/// <summary>Bytes do not have the digest or the size they should have.</summary>
public sealed class CorruptObjectException(ObjectId id, string detail) : Exception($"{id} is corrupt: {detail}")
{
    /// <summary>The digest the bytes should have.</summary>
    public ObjectId Id { get; } = id;
}
