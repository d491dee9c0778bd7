namespace Dom.Core.Objects;

/// <summary>An object that a store holds.</summary>
/// <param name="Id">Its digest.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="StoredOn">When it was stored, by the clock of the file system; of an object in a pack, when the pack was finished.</param>
public readonly record struct StoredObject(ObjectId Id, long Size, DateTimeOffset StoredOn);
