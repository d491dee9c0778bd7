namespace Dom.Core.Objects;

/// <summary>An object as a tree names it.</summary>
/// <param name="Id">Its digest.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct ObjectReference(ObjectId Id, long Size);
