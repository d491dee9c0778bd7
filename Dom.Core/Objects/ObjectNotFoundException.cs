namespace Dom.Core.Objects;

/// <summary>An object that was asked for is not stored.</summary>
public sealed class ObjectNotFoundException(ObjectId id, string where) : Exception($"{id} is not stored in {where}")
{
    /// <summary>What was asked for.</summary>
    public ObjectId Id { get; } = id;
}
