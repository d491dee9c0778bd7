using Dom.Core.Objects;

namespace Dom.Core.Trees.Writing;

/// <summary>Bytes that should be an object are not; nothing was made of them. Removing the bad copy and fetching the object again helps.</summary>
public sealed class CorruptContentException(ObjectId content, string fault) : IOException($"the content of object {content} is wrong: {fault}")
{
    /// <summary>The object that was asked for.</summary>
    public ObjectId Content { get; } = content;
}
